import { matchesTerm, type NamedLabels } from '../resources/core/node-selector-term.ts'
import type { PodSpec } from '../resources/generated/types.ts'

/** What a pod's nodeSelector and required node affinity say together; undefined: nothing. */
export const requiredNodeAffinity = (spec: PodSpec): ((node: NamedLabels) => boolean) | undefined => {
  const { nodeSelector, affinity } = spec
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  if (!nodeSelector && !terms) return undefined
  const pairs = Object.entries(nodeSelector ?? {})
  return (node) =>
    pairs.every(([key, value]) => node.labels[key] === value) && (!terms || terms.some((term) => matchesTerm(term, node)))
}
