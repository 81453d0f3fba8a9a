import type { KubeObject } from '../../meta/object.ts'
import { timestamp } from '../../platform/clock.ts'
import type { ReplicaSetCondition, ReplicaSetSpec, ReplicaSetStatus } from '../../resources/generated/types.ts'
import type { Pod } from '../../resources/resource.ts'
import { isPodReady, untilAvailableMs } from '../pod-state.ts'

/** A ReplicaSet, or what is like one but for its selector. */
export interface ReplicaOwner extends KubeObject {
  readonly spec: Omit<ReplicaSetSpec, 'selector'>
  readonly status?: ReplicaSetStatus | undefined
}

export interface ReplicaStatusInput {
  readonly owner: ReplicaOwner
  readonly active: readonly Pod[]
  /** undefined: they are not told of */
  readonly terminating: readonly Pod[] | undefined
  /** why replicas could not be made or deleted */
  readonly failure: unknown
  readonly nowMs: number
}

export const replicaStatus = ({ owner, active, terminating, failure, nowMs }: ReplicaStatusInput): ReplicaSetStatus => {
  const { spec, metadata } = owner
  const labels = Object.entries(spec.template?.metadata?.labels ?? {})
  const minReadySeconds = spec.minReadySeconds ?? 0
  const count = (accepts: (pod: Pod) => boolean) => active.filter(accepts).length || undefined
  return {
    replicas: active.length,
    fullyLabeledReplicas: count((pod) => labels.every(([name, value]) => pod.metadata.labels?.[name] === value)),
    readyReplicas: count(isPodReady),
    availableReplicas: count((pod) => untilAvailableMs(pod, minReadySeconds, nowMs) === 0),
    ...(terminating && { terminatingReplicas: terminating.length }),
    observedGeneration: metadata.generation,
    conditions: conditionsAfter({ owner, active, failure, nowMs }),
  }
}

/** Milliseconds until the next ready pod becomes available. */
export const nextAvailabilityMs = (owner: ReplicaOwner, active: readonly Pod[], nowMs: number): number | undefined => {
  const minReadySeconds = owner.spec.minReadySeconds ?? 0
  if (minReadySeconds === 0) return undefined
  const waits = active
    .map((pod) => untilAvailableMs(pod, minReadySeconds, nowMs))
    .filter((wait) => wait !== undefined && wait > 0)
  return waits.length ? Math.min(...(waits as number[])) : undefined
}

const conditionsAfter = (input: Omit<ReplicaStatusInput, 'terminating'>): ReplicaSetCondition[] | undefined => {
  const { owner, active, failure, nowMs } = input
  const before = owner.status?.conditions ?? []
  const failed = before.some(({ type }) => type === 'ReplicaFailure')
  if (failure !== undefined && !failed) {
    const reason = active.length < (owner.spec.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete'
    const message = failure instanceof Error ? failure.message : String(failure)
    return [...before, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: timestamp(nowMs), reason, message }]
  }
  const after = failure === undefined ? before.filter(({ type }) => type !== 'ReplicaFailure') : before
  return after.length ? after : undefined
}
