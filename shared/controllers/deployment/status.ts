import { timestamp } from '../../platform/clock.ts'
import type { DeploymentStatus } from '../../resources/generated/types.ts'
import type { Deployment, ReplicaSet } from '../../resources/resource.ts'
import { conditionOf, withCondition, withoutCondition } from './condition.ts'
import { maxUnavailable, replicasOf } from './fenceposts.ts'
import { sum } from './order.ts'

export interface StatusInput {
  readonly deployment: Deployment
  readonly current: ReplicaSet | undefined
  readonly old: readonly ReplicaSet[]
  readonly nowMs: number
}

/** Counts and availability, without a judgement of progress. */
export const countedStatus = ({ deployment, current, old, nowMs }: StatusInput): DeploymentStatus => {
  const all = current ? [...old, current] : old
  const availableReplicas = sum(all, ({ status }) => status?.availableReplicas)
  const status: DeploymentStatus = {
    observedGeneration: deployment.metadata.generation,
    replicas: sum(all, ({ status }) => status?.replicas),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: sum(all, ({ status }) => status?.readyReplicas),
    availableReplicas,
    unavailableReplicas: Math.max(0, sum(all, replicasOf) - availableReplicas),
    terminatingReplicas: terminating(all),
    collisionCount: deployment.status?.collisionCount,
    conditions: deployment.status?.conditions,
  }
  const enough = availableReplicas >= replicasOf(deployment) - maxUnavailable(deployment)
  return withCondition(status, enough ? minimumAvailable : minimumUnavailable, timestamp(nowMs))
}

/** The status while rolling out: also whether it moves, is done, or is stuck. */
export const rolloutStatus = (input: StatusInput): DeploymentStatus => {
  const { deployment, current, old, nowMs } = input
  const counted = countedStatus(input)
  const progressed = hasProgressDeadline(deployment)
    ? progressStatus({ deployment, current, counted, nowMs })
    : withoutCondition(counted, 'Progressing')
  const failure = replicaFailure(current, old)
  return failure ? withCondition(progressed, failure, timestamp(nowMs)) : withoutCondition(progressed, 'ReplicaFailure')
}

export const hasProgressDeadline = ({ spec }: Deployment): boolean =>
  spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== 2 ** 31 - 1

export const isComplete = (deployment: Deployment, status: DeploymentStatus | undefined): boolean => {
  const desired = replicasOf(deployment)
  return (
    (status?.updatedReplicas ?? 0) === desired &&
    (status?.replicas ?? 0) === desired &&
    (status?.availableReplicas ?? 0) === desired &&
    (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  )
}

/** Milliseconds until a rollout that does not move must be looked at again. */
export const progressCheckMs = (deployment: Deployment, status: DeploymentStatus, nowMs: number): number | undefined => {
  const condition = conditionOf(status, 'Progressing')
  if (!hasProgressDeadline(deployment) || !condition || isComplete(deployment, status)) return undefined
  if (condition.reason === 'ProgressDeadlineExceeded') return undefined
  const deadlineMs = Date.parse(condition.lastUpdateTime ?? '') + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000
  return Math.max(0, deadlineMs - nowMs) + 1000
}

const minimumAvailable = {
  type: 'Available',
  status: 'True',
  reason: 'MinimumReplicasAvailable',
  message: 'Deployment has minimum availability.',
}
const minimumUnavailable = {
  type: 'Available',
  status: 'False',
  reason: 'MinimumReplicasUnavailable',
  message: 'Deployment does not have minimum availability.',
}

const progressStatus = (options: {
  deployment: Deployment
  current: ReplicaSet | undefined
  counted: DeploymentStatus
  nowMs: number
}): DeploymentStatus => {
  const { deployment, current, counted, nowMs } = options
  const before = conditionOf(deployment.status, 'Progressing')
  if (counted.replicas === counted.updatedReplicas && before?.reason === 'NewReplicaSetAvailable') return counted
  const who = current ? `ReplicaSet "${current.metadata.name}"` : `Deployment "${deployment.metadata.name}"`
  const now = timestamp(nowMs)
  if (isComplete(deployment, counted)) {
    const message = `${who} has successfully progressed.`
    return withCondition(counted, { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message }, now)
  }
  if (moves(deployment, counted)) {
    const updated = { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: `${who} is progressing.` }
    const fresh = withCondition(withoutCondition(counted, 'Progressing'), updated, now)
    if (before?.status !== 'True') return fresh
    // The same condition again still gets a new lastUpdateTime: it says when there was progress last.
    const kept = { lastTransitionTime: before.lastTransitionTime }
    return { ...fresh, conditions: fresh.conditions?.map((each) => (each.type === 'Progressing' ? { ...each, ...kept } : each)) }
  }
  if (timedOut(deployment, counted, nowMs)) {
    const message = `${who} has timed out progressing.`
    return withCondition(counted, { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message }, now)
  }
  return counted
}

const moves = ({ status: before }: Deployment, after: DeploymentStatus): boolean => {
  const oldReplicas = (status: DeploymentStatus | undefined) => (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0)
  return (
    (after.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    oldReplicas(after) < oldReplicas(before) ||
    (after.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  )
}

const timedOut = (deployment: Deployment, status: DeploymentStatus, nowMs: number): boolean => {
  const condition = conditionOf(status, 'Progressing')
  if (!condition || condition.reason === 'NewReplicaSetAvailable') return false
  if (condition.reason === 'ProgressDeadlineExceeded') return true
  return Date.parse(condition.lastUpdateTime ?? '') + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000 < nowMs
}

const replicaFailure = (current: ReplicaSet | undefined, old: readonly ReplicaSet[]) => {
  for (const replicaSet of current ? [current, ...old] : old)
    for (const { type, status, reason = '', message = '' } of replicaSet.status?.conditions ?? [])
      if (type === 'ReplicaFailure') return { type, status, reason, message }
  return undefined
}

/** Unknown as long as one of them was looked at by a controller that doesn't count. */
const terminating = (all: readonly ReplicaSet[]): number | undefined => {
  const seen = all.filter(({ status }) => status?.observedGeneration || status?.terminatingReplicas !== undefined)
  return seen.some(({ status }) => status?.terminatingReplicas === undefined)
    ? undefined
    : sum(seen, (rs) => rs.status?.terminatingReplicas)
}
