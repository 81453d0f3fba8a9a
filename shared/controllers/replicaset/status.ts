import { timestamp } from '../../platform/clock.ts'
import type { ReplicaSetCondition, ReplicaSetStatus } from '../../resources/generated/types.ts'
import type { Pod, ReplicaSet } from '../../resources/resource.ts'
import { isPodReady, untilAvailableMs } from '../pod-state.ts'

export interface ReplicaSetStatusInput {
  readonly replicaSet: ReplicaSet
  readonly active: readonly Pod[]
  readonly terminating: readonly Pod[]
  /** why replicas could not be made or deleted */
  readonly failure: unknown
  readonly nowMs: number
}

export const replicaSetStatus = ({
  replicaSet,
  active,
  terminating,
  failure,
  nowMs,
}: ReplicaSetStatusInput): ReplicaSetStatus => {
  const { spec, metadata } = replicaSet
  const labels = Object.entries(spec.template?.metadata?.labels ?? {})
  const minReadySeconds = spec.minReadySeconds ?? 0
  const count = (accepts: (pod: Pod) => boolean) => active.filter(accepts).length || undefined
  return {
    replicas: active.length,
    fullyLabeledReplicas: count((pod) => labels.every(([name, value]) => pod.metadata.labels?.[name] === value)),
    readyReplicas: count(isPodReady),
    availableReplicas: count((pod) => untilAvailableMs(pod, minReadySeconds, nowMs) === 0),
    terminatingReplicas: terminating.length,
    observedGeneration: metadata.generation,
    conditions: conditionsAfter({ replicaSet, active, failure, nowMs }),
  }
}

/** Milliseconds until the next ready pod becomes available. */
export const nextAvailabilityMs = (replicaSet: ReplicaSet, active: readonly Pod[], nowMs: number): number | undefined => {
  const minReadySeconds = replicaSet.spec.minReadySeconds ?? 0
  if (minReadySeconds === 0) return undefined
  const waits = active
    .map((pod) => untilAvailableMs(pod, minReadySeconds, nowMs))
    .filter((wait) => wait !== undefined && wait > 0)
  return waits.length ? Math.min(...(waits as number[])) : undefined
}

const conditionsAfter = (input: Omit<ReplicaSetStatusInput, 'terminating'>): ReplicaSetCondition[] | undefined => {
  const { replicaSet, active, failure, nowMs } = input
  const before = replicaSet.status?.conditions ?? []
  const failed = before.some(({ type }) => type === 'ReplicaFailure')
  if (failure !== undefined && !failed) {
    const reason = active.length < (replicaSet.spec.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete'
    const message = failure instanceof Error ? failure.message : String(failure)
    return [...before, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: timestamp(nowMs), reason, message }]
  }
  const after = failure === undefined ? before.filter(({ type }) => type !== 'ReplicaFailure') : before
  return after.length ? after : undefined
}
