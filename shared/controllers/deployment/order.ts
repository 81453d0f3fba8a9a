import type { ReplicaSet } from '../../resources/resource.ts'
import { replicasOf } from './fenceposts.ts'
import { revisionOf } from './revision.ts'

type Order = (a: ReplicaSet, b: ReplicaSet) => number

const compareTexts = (a = '', b = '') => (a < b ? -1 : a > b ? 1 : 0)

export const oldestFirst: Order = (a, b) =>
  compareTexts(a.metadata.creationTimestamp, b.metadata.creationTimestamp) || compareTexts(a.metadata.name, b.metadata.name)
export const largestThenNewest: Order = (a, b) => replicasOf(b) - replicasOf(a) || oldestFirst(b, a)
export const largestThenOldest: Order = (a, b) => replicasOf(b) - replicasOf(a) || oldestFirst(a, b)
export const lowestRevisionFirst: Order = (a, b) => {
  const [first, second] = [revisionOf(a), revisionOf(b)]
  if (first === second) return oldestFirst(a, b)
  return first < second ? -1 : 1
}

export const isActive = (replicaSet: ReplicaSet) => replicasOf(replicaSet) > 0
export const sum = (replicaSets: readonly ReplicaSet[], count: (replicaSet: ReplicaSet) => number | undefined): number =>
  replicaSets.reduce((total, replicaSet) => total + (count(replicaSet) ?? 0), 0)
