import type { Deployment, ReplicaSet } from '../../resources/resource.ts'

export const replicasOf = ({ spec }: Deployment | ReplicaSet): number => spec.replicas ?? 1
export const isRollingUpdate = ({ spec }: Deployment): boolean => (spec.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate'

/** How many pods may be above the desired number during a rollout. */
export const maxSurge = (deployment: Deployment): number => (isRollingUpdate(deployment) ? fenceposts(deployment).surge : 0)

/** How many pods may be missing during a rollout. */
export const maxUnavailable = (deployment: Deployment): number => {
  const replicas = replicasOf(deployment)
  return isRollingUpdate(deployment) && replicas > 0 ? Math.min(fenceposts(deployment).unavailable, replicas) : 0
}

/** A number, or a percentage of `total`. */
export const scaledValue = (value: number | string, total: number, roundUp: boolean): number => {
  if (typeof value === 'number') return value
  const share = (Number.parseInt(value, 10) * total) / 100
  return roundUp ? Math.ceil(share) : Math.floor(share)
}

const fenceposts = (deployment: Deployment) => {
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {}
  const replicas = replicasOf(deployment)
  const surge = scaledValue(maxSurge, replicas, true)
  const unavailable = scaledValue(maxUnavailable, replicas, false)
  // Rounding may bring both to zero, and then nothing could ever move.
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}
