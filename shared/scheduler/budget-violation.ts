import { labelSelectorMatcher } from '../meta/label-selector.ts'
import type { PodInfo } from './pod-info.ts'
import type { Lookups } from './snapshot.ts'

/**
 * Of pods that may have to go, the most important first, those whose budgets would be short if all before them went. What a budget has
 * granted already counts as nothing.
 */
export const violatingPods = (pods: readonly PodInfo[], lookups: Lookups): ReadonlySet<PodInfo> => {
  const budgets = new Map<string, Budget[]>()
  const budgetsOf = (namespace: string): Budget[] => {
    const known = budgets.get(namespace)
    if (known) return known
    const made = lookups.disruptionBudgets(namespace).map(({ spec, status }) => ({
      selector: labelSelectorMatcher(spec.selector),
      granted: status?.disruptedPods ?? {},
      left: status?.disruptionsAllowed ?? 0,
    }))
    budgets.set(namespace, made)
    return made
  }
  const violating = new Set<PodInfo>()
  for (const info of pods) {
    const { namespace = '', name, labels } = info.pod.metadata
    if (!labels || Object.keys(labels).length === 0) continue
    for (const budget of budgetsOf(namespace)) {
      const { selector, granted } = budget
      if (selector.empty || !selector.matches(labels) || Object.hasOwn(granted, name)) continue
      budget.left--
      if (budget.left < 0) violating.add(info)
    }
  }
  return violating
}

interface Budget {
  readonly selector: ReturnType<typeof labelSelectorMatcher>
  readonly granted: Readonly<Record<string, string>>
  left: number
}
