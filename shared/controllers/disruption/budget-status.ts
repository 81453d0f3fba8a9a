import { timestamp } from '../../platform/clock.ts'
import type { PodDisruptionBudgetStatus } from '../../resources/generated/types.ts'
import { withDisruptionAllowed } from '../../resources/policy/disruption-allowed.ts'
import type { Pod, PodDisruptionBudget } from '../../resources/resource.ts'
import { isPodReady } from '../pod-state.ts'
import type { Expected } from './expected-pods.ts'

interface Counted {
  readonly pods: readonly Pod[]
  readonly expected: Expected
  /** evictions granted and not seen yet */
  readonly waiting: Readonly<Record<string, string>>
  readonly nowMs: number
}

export const budgetStatus = (budget: PodDisruptionBudget, counted: Counted): PodDisruptionBudgetStatus => {
  const { pods, expected, waiting, nowMs } = counted
  const isHealthy = (pod: Pod) => !pod.metadata.deletionTimestamp && !Object.hasOwn(waiting, pod.metadata.name) && isPodReady(pod)
  const currentHealthy = pods.filter(isHealthy).length
  // Where none are expected the first ones may come before they are counted.
  const disruptionsAllowed = expected.pods > 0 ? Math.max(0, currentHealthy - expected.healthy) : 0
  const status = {
    currentHealthy,
    desiredHealthy: expected.healthy,
    expectedPods: expected.pods,
    disruptionsAllowed,
    disruptedPods: Object.keys(waiting).length > 0 ? waiting : undefined,
    observedGeneration: budget.metadata.generation,
    conditions: budget.status?.conditions,
  }
  return withDisruptionAllowed(status, { now: timestamp(nowMs) })
}

/** Nothing may be evicted as long as it is not known how much may. */
export const failedStatus = (
  { status }: PodDisruptionBudget,
  { failure, nowMs }: { failure: string; nowMs: number },
): PodDisruptionBudgetStatus => {
  const none = { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, ...status, disruptionsAllowed: 0 }
  return withDisruptionAllowed(none, { now: timestamp(nowMs), failure })
}
