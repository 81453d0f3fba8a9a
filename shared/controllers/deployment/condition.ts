import type { DeploymentCondition, DeploymentStatus } from '../../resources/generated/types.ts'

export const conditionOf = (status: DeploymentStatus | undefined, type: string): DeploymentCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type)

export const withoutCondition = (status: DeploymentStatus, type: string): DeploymentStatus => {
  const conditions = status.conditions?.filter((condition) => condition.type !== type)
  return { ...status, conditions: conditions?.length ? conditions : undefined }
}

/** Nothing changes when the condition stands there already with the same status and reason. */
export const withCondition = (
  status: DeploymentStatus,
  condition: { type: string; status: string; reason: string; message: string },
  now: string,
): DeploymentStatus => {
  const before = conditionOf(status, condition.type)
  if (before?.status === condition.status && before.reason === condition.reason) return status
  const { type, status: value, reason, message } = condition
  const lastTransitionTime = before?.status === value ? before.lastTransitionTime : now
  const others = withoutCondition(status, type).conditions ?? []
  return { ...status, conditions: [...others, { type, status: value, lastUpdateTime: now, lastTransitionTime, reason, message }] }
}
