import type { Deployment, ReplicaSet } from '../../resources/resource.ts'
import { maxUnavailable, replicasOf } from './fenceposts.ts'
import { newReplicas } from './new-replica-set.ts'
import { isActive, oldestFirst, sum } from './order.ts'

export interface Scaling {
  readonly replicaSet: ReplicaSet
  readonly replicas: number
}

/** The next step of a rolling update: the new ReplicaSet up as far as the surge allows; when that is done, old ones down. */
export const rollingSteps = (deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): Scaling[] => {
  const up = scaleNew(deployment, current, old)
  return up.length ? up : scaleDownOld(deployment, current, old.filter(isActive).sort(oldestFirst))
}

const scaleNew = (deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): Scaling[] => {
  const desired = replicasOf(deployment)
  const replicas = replicasOf(current) >= desired ? desired : newReplicas(deployment, old, replicasOf(current))
  return replicas === replicasOf(current) ? [] : [{ replicaSet: current, replicas }]
}

const scaleDownOld = (deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): Scaling[] => {
  if (old.length === 0) return []
  const minAvailable = replicasOf(deployment) - maxUnavailable(deployment)
  const newUnavailable = replicasOf(current) - available(current)
  const room = sum([...old, current], replicasOf) - minAvailable - newUnavailable
  if (room <= 0) return []

  // Pods that don't work go first: they hold the rollout up and taking them costs nothing.
  const sizes = old.map(replicasOf)
  takeDown(sizes, room, (index) => sizes[index]! - available(old[index]!))
  const spare = sum([...old, current], available) - minAvailable
  if (spare > 0) takeDown(sizes, spare, (index) => sizes[index]!)
  return old
    .map((replicaSet, index) => ({ replicaSet, replicas: sizes[index]! }))
    .filter(({ replicaSet, replicas }) => replicas !== replicasOf(replicaSet))
}

/** Takes up to `budget` off the sizes, from the first on, each by at most what `removable` says. */
const takeDown = (sizes: number[], budget: number, removable: (index: number) => number) => {
  let left = budget
  for (let index = 0; index < sizes.length && left > 0; index++) {
    const take = Math.min(left, Math.max(0, removable(index)))
    sizes[index]! -= take
    left -= take
  }
}

const available = ({ status }: ReplicaSet) => status?.availableReplicas ?? 0
