import { matchesTerm } from '../../resources/core/node-selector-term.ts'
import { requiredNodeAffinity } from '../node-selector.ts'
import { type FilterPlugin, normalizeByMax, type ScorePlugin, unresolvable } from '../plugin.ts'

const rejection = unresolvable("node(s) didn't match Pod's node affinity/selector")

export const nodeAffinityFilter: FilterPlugin = {
  name: 'NodeAffinity',
  filter: ({ pod }) => {
    const matches = requiredNodeAffinity(pod.spec)
    return matches && { check: (node) => (matches(node) ? undefined : rejection) }
  },
}

export const nodeAffinityScore: ScorePlugin = {
  name: 'NodeAffinity',
  weight: 2,
  scorer: ({ pod }) => {
    const terms = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution
    if (!terms?.length) return undefined
    return {
      score: (node) => terms.reduce((sum, { weight, preference }) => sum + (matchesTerm(preference, node) ? weight : 0), 0),
      normalize: (scores) => normalizeByMax(scores, false),
    }
  },
}
