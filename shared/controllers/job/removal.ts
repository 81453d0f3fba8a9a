import type { Job, Pod } from '../../resources/resource.ts'
import { compareActive } from './active-order.ts'
import { completionIndexOf, countedIndexOf } from './completion-index.ts'

/** At least `count` of the active pods: those of no index, or of one that another has, and then those that are missed least. */
export const podsToRemove = ({ spec }: Job, active: readonly Pod[], count: number): Pod[] => {
  const { surplus, kept } =
    spec.completionMode === 'Indexed' ? splitByIndex(active, spec.completions ?? 0) : { surplus: [], kept: active }
  const more = Math.max(0, count - surplus.length)
  return more === 0 ? surplus : [...surplus, ...[...kept].sort(compareActive).slice(0, more)]
}

const splitByIndex = (active: readonly Pod[], completions: number) => {
  const surplus: Pod[] = []
  const kept: Pod[] = []
  for (const [, pods] of Map.groupBy(active, completionIndexOf)) {
    const ordered = [...pods].sort(compareActive)
    const last = ordered.pop()!
    surplus.push(...ordered)
    if (countedIndexOf(last, completions) === undefined) surplus.push(last)
    else kept.push(last)
  }
  return { surplus, kept }
}
