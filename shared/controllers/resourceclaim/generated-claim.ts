import type { PodResourceClaim } from '../../resources/generated/types.ts'
import type { Pod, ResourceClaim, ResourceClaimTemplate } from '../../resources/resource.ts'
import { podClaimAnnotation } from './claim-of-pod.ts'

/** leaves room for a dash and five characters of a name of 63 */
const maxBaseLength = 57

/** A claim of a pod as its template has it. */
export const generatedClaim = ({ metadata }: Pod, { name }: PodResourceClaim, { spec }: ResourceClaimTemplate): ResourceClaim =>
  ({
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: {
      namespace: metadata.namespace,
      generateName: baseName(metadata.name, name),
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: metadata.name, uid: metadata.uid ?? '', controller: true }],
      annotations: { ...spec.metadata?.annotations, [podClaimAnnotation]: name },
      labels: spec.metadata?.labels,
    },
    spec: spec.spec,
  }) as Omit<ResourceClaim, 'metadata'> as ResourceClaim

/** Of two long names something of both is left. */
const baseName = (pod: string, claim: string): string => {
  const whole = `${pod}-${claim}-`
  if (whole.length <= maxBaseLength) return whole
  const part = (name: string) => name.slice(0, Math.floor((name.length * maxBaseLength) / whole.length))
  return `${part(pod)}-${part(claim)}`
}
