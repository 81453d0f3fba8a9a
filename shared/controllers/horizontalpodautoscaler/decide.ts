import type { V2MetricStatus } from '../../resources/generated/types.ts'
import type { HorizontalPodAutoscaler } from '../../resources/resource.ts'
import type { Combined } from './combine.ts'
import type { Said } from './condition.ts'
import type { AutoscalerMemory } from './memory.ts'
import { normalize } from './normalize.ts'

/** How many replicas there are to be. */
export interface Decision {
  readonly replicas: number
  readonly reason: string
  readonly said: readonly Said[]
  readonly statuses: V2MetricStatus[] | null
  /** as metrics have it; undefined: they were not asked */
  readonly recommended: number | undefined
}

const active = (status: Said['status'], reason: string, message: string): Said => ({
  type: 'ScalingActive',
  status,
  reason,
  message,
})

/** What is decided whatever metrics say; undefined: they are to be asked. */
export const decideWithoutMetrics = ({ spec }: HorizontalPodAutoscaler, current: number): Decision | undefined => {
  const { minReplicas: min = 1, maxReplicas: max } = spec
  const none = { said: [], statuses: null, recommended: undefined }
  if (current === 0 && min !== 0) {
    const message = 'scaling is disabled since the replica count of the target is zero'
    return { ...none, replicas: 0, reason: '', said: [active('False', 'ScalingDisabled', message)] }
  }
  if (current > max) return { ...none, replicas: max, reason: 'Current number of replicas above Spec.MaxReplicas' }
  if (current < min) return { ...none, replicas: min, reason: 'Current number of replicas below Spec.MinReplicas' }
  return undefined
}

export const decideByMetrics = (
  { spec }: HorizontalPodAutoscaler,
  { metric, statuses, active, replicas }: Combined & { readonly replicas: number },
  around: { readonly current: number; readonly memory: AutoscalerMemory; readonly nowMs: number; readonly periodMs: number },
): Decision => {
  const { minReplicas: min = 1, maxReplicas: max, behavior } = spec
  const { current } = around
  const recommended = Math.max(0, replicas)
  const normalized = normalize({ ...around, recommended, min, max, behavior })
  return {
    replicas: normalized.replicas,
    reason: recommended > current ? `${metric} above target` : recommended < current ? 'All metrics below target' : '',
    said: [
      active,
      { type: 'AbleToScale', status: 'True', ...normalized.able },
      { type: 'ScalingLimited', ...normalized.limited },
    ],
    statuses,
    recommended,
  }
}
