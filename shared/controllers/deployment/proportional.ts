import type { Deployment, ReplicaSet } from '../../resources/resource.ts'
import { isRollingUpdate, maxSurge, replicasOf } from './fenceposts.ts'
import { isActive, largestThenNewest, largestThenOldest, oldestFirst, sum } from './order.ts'
import { desiredReplicasAnnotation, integer, maxReplicasAnnotation } from './revision.ts'
import type { Scaling } from './rolling.ts'

/** Whether the desired number was changed since the ReplicaSets were last scaled. */
export const isScalingEvent = (deployment: Deployment, replicaSets: readonly ReplicaSet[]): boolean =>
  replicaSets.filter(isActive).some((replicaSet) => {
    const desired = integer(replicaSet.metadata.annotations?.[desiredReplicasAnnotation])
    return desired !== undefined && desired !== replicasOf(deployment)
  })

/**
 * Brings the ReplicaSets to a changed total without moving a rollout forward: each gets its share of the difference. Scalings
 * to the size that a ReplicaSet has already are kept: its annotations may need to follow.
 */
export const proportionalSteps = (
  deployment: Deployment,
  current: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Scaling[] => {
  const desired = replicasOf(deployment)
  const all = current ? [...old, current] : [...old]
  const active = all.filter(isActive)
  const only = active.length <= 1 ? (active[0] ?? current ?? [...old].sort(oldestFirst).at(-1)) : undefined
  if (only || all.length === 0) return only && replicasOf(only) !== desired ? [{ replicaSet: only, replicas: desired }] : []
  if (current && isSaturated(deployment, current)) return old.filter(isActive).map((replicaSet) => ({ replicaSet, replicas: 0 }))
  return isRollingUpdate(deployment) ? shares(deployment, active) : []
}

const shares = (deployment: Deployment, active: ReplicaSet[]): Scaling[] => {
  const desired = replicasOf(deployment)
  const allowed = desired > 0 ? desired + maxSurge(deployment) : 0
  const toAdd = allowed - sum(active, replicasOf)
  const sorted = [...active].sort(toAdd > 0 ? largestThenNewest : largestThenOldest)
  let added = 0
  const scalings = sorted.map((replicaSet) => {
    const share = toAdd === 0 ? 0 : shareOf(replicaSet, deployment, toAdd, added)
    added += share
    return { replicaSet, replicas: replicasOf(replicaSet) + share }
  })
  // The largest takes what rounding left.
  const [largest, ...rest] = scalings
  return largest ? [{ ...largest, replicas: Math.max(0, largest.replicas + toAdd - added) }, ...rest] : []
}

const shareOf = (replicaSet: ReplicaSet, deployment: Deployment, toAdd: number, added: number): number => {
  if (toAdd === added) return 0
  const fraction = fractionOf(replicaSet, deployment)
  const allowed = toAdd - added
  return toAdd > 0 ? Math.min(fraction, allowed) : Math.max(fraction, allowed)
}

const fractionOf = (replicaSet: ReplicaSet, deployment: Deployment): number => {
  const size = replicasOf(replicaSet)
  if (replicasOf(deployment) === 0) return -size
  const before = integer(replicaSet.metadata.annotations?.[maxReplicasAnnotation]) || (deployment.status?.replicas ?? 0)
  if (before === 0) return 0
  return Math.round((size * (replicasOf(deployment) + maxSurge(deployment))) / before) - size
}

const isSaturated = (deployment: Deployment, replicaSet: ReplicaSet): boolean => {
  const desired = replicasOf(deployment)
  return (
    replicasOf(replicaSet) === desired &&
    integer(replicaSet.metadata.annotations?.[desiredReplicasAnnotation]) === desired &&
    (replicaSet.status?.availableReplicas ?? 0) === desired
  )
}
