import { claimsNamedBy } from '../resources/core/pod/named-object.ts'
import type { Container } from '../resources/generated/types.ts'
import type { Pod } from '../resources/resource.ts'

/** One text of all that plugins look at: pods with the same one get the same answer on every node. */
export const signatureOf = (pod: Pod): string => {
  const { metadata, spec } = pod
  return JSON.stringify([
    metadata.namespace,
    sorted(metadata.labels),
    metadata.ownerReferences?.find(({ controller }) => controller)?.uid,
    spec.priority,
    spec.preemptionPolicy,
    spec.nodeName,
    sorted(spec.nodeSelector),
    spec.affinity,
    spec.tolerations,
    spec.topologySpreadConstraints,
    sorted(spec.overhead),
    spec.resources?.requests,
    spec.resourceClaims,
    claimsNamedBy(pod),
    spec.containers.map(relevant),
    spec.initContainers?.map(relevant),
  ])
}

const relevant = ({ image, resources, ports, restartPolicy }: Container) => [
  image,
  sorted(resources?.requests),
  ports,
  restartPolicy,
]

const sorted = (record: Readonly<Record<string, string>> | undefined) =>
  record && Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
