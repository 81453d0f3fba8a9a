import type { Condition, PodDisruptionBudgetStatus } from '../generated/types.ts'

const type = 'DisruptionAllowed'

export const disruptionAllowed = (status: PodDisruptionBudgetStatus | undefined): Condition | undefined =>
  status?.conditions?.find((condition) => condition.type === type)

/** The status with the condition that its count of allowed disruptions makes, or with why there is no such count. */
export const withDisruptionAllowed = (
  status: PodDisruptionBudgetStatus,
  { now, failure }: { now: string; failure?: string },
): PodDisruptionBudgetStatus => {
  const before = disruptionAllowed(status)
  const isAllowed = failure === undefined && (status.disruptionsAllowed ?? 0) > 0
  const is = isAllowed ? 'True' : 'False'
  const reason = failure === undefined ? (isAllowed ? 'SufficientPods' : 'InsufficientPods') : 'SyncFailed'
  const condition: Condition = {
    type,
    status: is,
    observedGeneration: status.observedGeneration,
    lastTransitionTime: before?.status === is ? before.lastTransitionTime : now,
    reason,
    message: failure ?? '',
  }
  const conditions = status.conditions ?? []
  return {
    ...status,
    conditions: before ? conditions.map((one) => (one === before ? condition : one)) : [...conditions, condition],
  }
}
