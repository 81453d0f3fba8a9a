import type { V2HorizontalPodAutoscalerCondition } from '../../resources/generated/types.ts'

export interface Said {
  readonly type: 'AbleToScale' | 'ScalingActive' | 'ScalingLimited'
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

type Conditions = readonly V2HorizontalPodAutoscalerCondition[]

/** In the place that the condition has already, or behind all. */
export const withCondition = (conditions: Conditions, said: Said, now: string): V2HorizontalPodAutoscalerCondition[] => {
  const before = conditions.find(({ type }) => type === said.type)
  const lastTransitionTime = before?.status === said.status ? before.lastTransitionTime : now
  const { type, status, reason, message } = said
  const condition = { type, status, lastTransitionTime, reason, message }
  return before ? conditions.map((one) => (one === before ? condition : one)) : [...conditions, condition]
}
