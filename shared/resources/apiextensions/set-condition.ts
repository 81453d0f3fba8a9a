import { type CrdCondition, type CustomResourceDefinition, conditionOf } from './resource.ts'

/** Sets a condition in place, where it stands or behind the others. `now`: RFC 3339 in seconds. */
export const setCondition = (
  definition: CustomResourceDefinition,
  now: string,
  condition: Omit<CrdCondition, 'lastTransitionTime'>,
): void => {
  const old = conditionOf(definition, condition.type)
  const lastTransitionTime = old?.status === condition.status && old.lastTransitionTime ? old.lastTransitionTime : now
  const set: CrdCondition = { ...condition, lastTransitionTime }
  const { status } = definition
  const others = status.conditions ?? []
  definition.status = { ...status, conditions: old ? others.map((one) => (one === old ? set : one)) : [...others, set] }
}
