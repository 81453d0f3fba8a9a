import { type LabelSelectorMatcher, type Labels, labelSelectorMatcher } from '../meta/label-selector.ts'
import type { PodAffinityTerm } from '../resources/generated/types.ts'
import type { Pod } from '../resources/resource.ts'

/** A term of pod (anti-)affinity, ready to be matched often. */
export interface AffinityTerm {
  readonly topologyKey: string
  readonly weight: number
  /** `namespaceLabels`: of the candidate's namespace */
  matches(candidate: Pod, namespaceLabels: Labels | undefined): boolean
}

export const parseAffinityTerm = (term: PodAffinityTerm, namespace: string, weight = 0): AffinityTerm => {
  const { topologyKey, labelSelector, namespaces = [], namespaceSelector } = term
  const selector = labelSelectorMatcher(labelSelector)
  const inNamespaces: LabelSelectorMatcher | undefined = namespaceSelector && labelSelectorMatcher(namespaceSelector)
  const named = namespaces.length === 0 && !namespaceSelector ? [namespace] : namespaces
  return {
    topologyKey,
    weight,
    matches: ({ metadata }, namespaceLabels) =>
      (named.includes(metadata.namespace ?? '') || Boolean(inNamespaces?.matches(namespaceLabels))) &&
      selector.matches(metadata.labels),
  }
}
