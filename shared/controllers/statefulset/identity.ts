import type { PodTemplateSpec, Volume } from '../../resources/generated/types.ts'
import { type PersistentVolumeClaim, type Pod, type StatefulSet, statefulSets } from '../../resources/resource.ts'
import { podFromTemplate } from '../replicaset/pod-template.ts'
import { ordinalOf, podNameOf } from './ordinal.ts'

export const revisionLabel = 'controller-revision-hash'
const podNameLabel = 'statefulset.kubernetes.io/pod-name'
const podIndexLabel = 'apps.kubernetes.io/pod-index'

export const revisionOfPod = ({ metadata }: Pod): string => metadata.labels?.[revisionLabel] ?? ''

/** The pod of an ordinal; not made yet, as it has no status. */
export const newPod = (set: StatefulSet, options: { template: PodTemplateSpec; revision: string; ordinal: number }): Pod => {
  const { template, revision, ordinal } = options
  const name = podNameOf(set, ordinal)
  const pod = podFromTemplate(template, set, statefulSets)
  const named: Pod = {
    ...pod,
    metadata: { ...pod.metadata, name, labels: { ...pod.metadata.labels, [revisionLabel]: revision } },
    spec: { ...pod.spec, hostname: name, subdomain: set.spec.serviceName || undefined },
  }
  return withIdentity(set, withStorage(set, named))
}

/** Every claim of a pod by the name of its volume. */
export const claimsOf = (set: StatefulSet, pod: Pod): Map<string, PersistentVolumeClaim> => {
  const { matchLabels } = set.spec.selector
  return new Map(
    (set.spec.volumeClaimTemplates ?? []).map((template) => {
      const labels = template.metadata?.labels || matchLabels ? { ...template.metadata?.labels, ...matchLabels } : undefined
      const name = `${template.metadata.name}-${set.metadata.name}-${ordinalOf(pod) ?? ''}`
      const metadata = { ...template.metadata, name, namespace: set.metadata.namespace, labels }
      const claim = { ...template, apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec: template.spec ?? {} }
      return [template.metadata.name, claim as PersistentVolumeClaim]
    }),
  )
}

/** The pod with the labels of its name. */
export const withIdentity = (set: StatefulSet, pod: Pod): Pod => {
  const ordinal = ordinalOf(pod) ?? 0
  const labels = { ...pod.metadata.labels, [podNameLabel]: podNameOf(set, ordinal), [podIndexLabel]: String(ordinal) }
  return { ...pod, metadata: { ...pod.metadata, labels } }
}

/** The pod with a volume for each claim, whatever stood under its name. */
export const withStorage = (set: StatefulSet, pod: Pod): Pod => {
  const claims = claimsOf(set, pod)
  if (claims.size === 0) return pod
  const own: Volume[] = [...claims].map(([name, { metadata }]) => ({
    name,
    persistentVolumeClaim: { claimName: metadata.name },
  }))
  return { ...pod, spec: { ...pod.spec, volumes: [...own, ...(pod.spec.volumes ?? []).filter(({ name }) => !claims.has(name))] } }
}

export const hasIdentity = ({ metadata }: Pod): boolean => metadata.labels?.[podNameLabel] === metadata.name

export const hasStorage = (set: StatefulSet, pod: Pod): boolean =>
  [...claimsOf(set, pod)].every(([name, claim]) => {
    const volume = pod.spec.volumes?.find((each) => each.name === name)
    return volume?.persistentVolumeClaim?.claimName === claim.metadata.name
  })
