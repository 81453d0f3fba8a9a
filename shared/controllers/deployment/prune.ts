import type { Deployment, ReplicaSet } from '../../resources/resource.ts'
import { lowestRevisionFirst } from './order.ts'

/** Old ReplicaSets beyond the history limit, which nothing runs on. */
export const prunable = ({ spec }: Deployment, old: readonly ReplicaSet[]): ReplicaSet[] => {
  const limit = spec.revisionHistoryLimit
  if (limit === undefined || limit === 2 ** 31 - 1) return []
  const alive = old.filter(({ metadata }) => !metadata.deletionTimestamp).sort(lowestRevisionFirst)
  return alive.slice(0, Math.max(0, alive.length - limit)).filter(isUnused)
}

const isUnused = ({ spec, status, metadata }: ReplicaSet) =>
  (status?.replicas ?? 0) === 0 && (spec.replicas ?? 1) === 0 && (metadata.generation ?? 0) <= (status?.observedGeneration ?? 0)
