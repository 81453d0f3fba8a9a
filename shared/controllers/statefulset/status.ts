import type { StatefulSetStatus } from '../../resources/generated/types.ts'
import type { Pod, StatefulSet } from '../../resources/resource.ts'
import { untilAvailableMs } from '../pod-state.ts'
import { revisionOfPod } from './identity.ts'
import { replicasOf } from './ordinal.ts'
import { isRunningAndReady } from './plan.ts'

export interface StatusInput {
  readonly set: StatefulSet
  /** all that are made */
  readonly pods: readonly Pod[]
  /** names */
  readonly currentRevision: string
  readonly updateRevision: string
  readonly collisionCount: number
  /** has just been taken away for the update */
  readonly gone?: Pod | undefined
  readonly nowMs: number
}

export const statefulSetStatus = (input: StatusInput): StatefulSetStatus => {
  const { set, pods, currentRevision, updateRevision, collisionCount, gone, nowMs } = input
  const ready = pods.filter(isRunningAndReady)
  const staying = pods.filter((pod) => !pod.metadata.deletionTimestamp && pod !== gone)
  const ofRevision = (name: string) => staying.filter((pod) => revisionOfPod(pod) === name).length
  const status = {
    observedGeneration: set.metadata.generation,
    replicas: pods.length,
    readyReplicas: ready.length,
    currentReplicas: ofRevision(currentRevision),
    updatedReplicas: ofRevision(updateRevision),
    currentRevision,
    updateRevision,
    collisionCount,
    availableReplicas: ready.filter((pod) => untilAvailableMs(pod, set.spec.minReadySeconds ?? 0, nowMs) === 0).length,
  }
  return wireStatus(isRolledOut(set, status) ? completed(status) : status)
}

/** Whether it says another thing than what is stored; conditions are others' and count for nothing. */
export const differs = (status: StatefulSetStatus, before: StatefulSetStatus | undefined): boolean =>
  (status.observedGeneration ?? 0) > (before?.observedGeneration ?? 0) ||
  comparedFields.some((field) => (status[field] || undefined) !== (before?.[field] || undefined))

/** Milliseconds until the next ready pod becomes available. */
export const nextAvailabilityMs = ({ set, pods, nowMs }: StatusInput): number | undefined => {
  const waits = pods.map((pod) => untilAvailableMs(pod, set.spec.minReadySeconds ?? 0, nowMs) ?? 0).filter((wait) => wait > 0)
  return waits.length > 0 ? Math.min(...waits) : undefined
}

const comparedFields = [
  'replicas',
  'currentReplicas',
  'readyReplicas',
  'updatedReplicas',
  'currentRevision',
  'availableReplicas',
  'updateRevision',
] as const

const isRolledOut = (set: StatefulSet, { updatedReplicas, readyReplicas, replicas }: StatefulSetStatus): boolean =>
  set.spec.updateStrategy?.type === 'RollingUpdate' &&
  [updatedReplicas, readyReplicas, replicas].every((count) => count === replicasOf(set))

const completed = <T extends StatefulSetStatus>(status: T): T => ({
  ...status,
  currentReplicas: status.updatedReplicas,
  currentRevision: status.updateRevision,
})

/** Counts of zero are left out, as upstream's encoding does, but for two. */
const wireStatus = (status: StatefulSetStatus): StatefulSetStatus => ({
  ...status,
  readyReplicas: status.readyReplicas || undefined,
  currentReplicas: status.currentReplicas || undefined,
  updatedReplicas: status.updatedReplicas || undefined,
})
