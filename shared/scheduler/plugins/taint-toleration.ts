import { type FilterPlugin, normalizeByMax, type ScorePlugin, unresolvable } from '../plugin.ts'
import { forbidsScheduling, isTolerated } from '../toleration.ts'

const rejection = unresolvable('node(s) had untolerated taint(s)')

export const taintTolerationFilter: FilterPlugin = {
  name: 'TaintToleration',
  filter: ({ pod }) => ({
    check: ({ node }) =>
      node.spec.taints?.some((taint) => forbidsScheduling(taint) && !isTolerated(taint, pod.spec.tolerations))
        ? rejection
        : undefined,
  }),
}

export const taintTolerationScore: ScorePlugin = {
  name: 'TaintToleration',
  weight: 3,
  scorer: ({ pod }, _snapshot, feasible) => {
    const soft = (taint: { effect: string }) => taint.effect === 'PreferNoSchedule'
    if (!feasible.some(({ node }) => node.spec.taints?.some(soft))) return undefined
    const tolerations = pod.spec.tolerations?.filter(({ effect }) => !effect || effect === 'PreferNoSchedule')
    return {
      score: ({ node }) => node.spec.taints?.filter((taint) => soft(taint) && !isTolerated(taint, tolerations)).length ?? 0,
      normalize: (scores) => normalizeByMax(scores, true),
    }
  },
}
