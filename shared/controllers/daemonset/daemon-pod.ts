import type { Affinity } from '../../resources/generated/types.ts'
import { type DaemonSet, daemonSets, type Pod } from '../../resources/resource.ts'
import { podFromTemplate } from '../replicaset/pod-template.ts'
import { daemonTolerations } from './tolerations.ts'

export const hashLabel = 'controller-revision-hash'
const generationLabel = 'pod-template-generation'
const generationAnnotation = 'deprecated.daemonset.template.generation'
/** milliseconds that a pod is kept when it fails, as those before it on the node did */
const backOffAnnotation = 'windlass.dev/daemon-back-off'

/** A pod that only this node can take. */
export const podForNode = (set: DaemonSet, options: { node: string; hash: string; backOffMs?: number | undefined }): Pod => {
  const { node, hash, backOffMs } = options
  const { template } = set.spec
  const generation = templateGeneration(set)
  const labels = {
    ...template.metadata?.labels,
    ...(generation !== undefined && { [generationLabel]: generation }),
    [hashLabel]: hash,
  }
  const annotations = { ...template.metadata?.annotations, ...(backOffMs && { [backOffAnnotation]: String(backOffMs) }) }
  const spec = template.spec ?? { containers: [] }
  return podFromTemplate(
    {
      metadata: { ...template.metadata, labels, annotations },
      spec: { ...spec, affinity: pinnedTo(node, spec.affinity), tolerations: daemonTolerations(spec) },
    },
    set,
    daemonSets,
  )
}

export const backOffOf = ({ metadata }: Pod): number => {
  const text = metadata.annotations?.[backOffAnnotation]
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0
}

/** The node it is on, or made for; undefined: somebody else's idea. */
export const targetNode = ({ spec }: Pod): string | undefined => {
  if (spec.nodeName) return spec.nodeName
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const named = terms
    .flatMap(({ matchFields = [] }) => matchFields)
    .find(({ key, operator }) => key === 'metadata.name' && operator === 'In')
  return named?.values?.length === 1 ? named.values[0] : undefined
}

/** Whether a pod is of the current template: by its hash or, as before there were hashes, by the template's generation. */
export const isUpdated = ({ metadata }: Pod, set: DaemonSet, hash: string): boolean => {
  const generation = templateGeneration(set)
  return metadata.labels?.[hashLabel] === hash || (generation !== undefined && metadata.labels?.[generationLabel] === generation)
}

const templateGeneration = ({ metadata }: DaemonSet): string | undefined => {
  const text = metadata.annotations?.[generationAnnotation]
  return text !== undefined && /^[+-]?\d{1,19}$/.test(text) ? String(BigInt(text.replace('+', ''))) : undefined
}

/** What the template requires holds for the node already. */
const pinnedTo = (node: string, affinity: Affinity | undefined): Affinity => ({
  ...affinity,
  nodeAffinity: {
    ...affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
    },
  },
})
