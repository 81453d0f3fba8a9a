import type { V2MetricStatus } from '../../resources/generated/types.ts'
import type { Said } from './condition.ts'
import type { MetricOutcome } from './metric-outcome.ts'

/** What all metrics together come to. */
export interface Combined {
  /** undefined: nobody is to be scaled, since too much is not known */
  readonly replicas: number | undefined
  /** whose proposal it is */
  readonly metric: string
  readonly statuses: V2MetricStatus[] | null
  readonly active: Said
  /** what is wrong with any of them */
  readonly error: string | undefined
}

/** The most that any metric proposes; while one of them can't be told, nobody is scaled down. */
export const combine = (outcomes: readonly MetricOutcome[], specReplicas: number): Combined => {
  const statuses = outcomes.map((one): V2MetricStatus => ('status' in one ? one.status : { type: '' }))
  const failures = outcomes.filter((one) => 'told' in one)
  let best = { replicas: 0, metric: '' }
  for (const one of outcomes)
    if ('status' in one && (best.replicas === 0 || one.replicas > best.replicas))
      best = { replicas: one.replicas, metric: one.metric }
  const [first] = failures
  const error = first && `invalid metrics (${failures.length} invalid out of ${outcomes.length}), first error is: ${first.told}`
  if (first && (failures.length >= outcomes.length || best.replicas < specReplicas)) {
    const message = `the HPA was unable to compute the replica count: ${first.why}`
    const active: Said = { type: 'ScalingActive', status: 'False', reason: first.reason, message }
    return { replicas: undefined, metric: '', statuses, active, error }
  }
  const message = `the HPA was able to successfully calculate a replica count from ${best.metric}`
  const active: Said = { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message }
  return { ...best, statuses, active, error }
}
