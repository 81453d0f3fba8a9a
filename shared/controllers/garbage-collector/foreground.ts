import type { Cache } from '../../client/cache.ts'
import { type Item, itemKey, type OwnerGraph } from './owner-graph.ts'

export const foregroundFinalizer = 'foregroundDeletion'

export const isWaitingForDependents = ({ object: { metadata } }: Item): boolean =>
  metadata.deletionTimestamp !== undefined && (metadata.finalizers?.includes(foregroundFinalizer) ?? false)

/** Those that an owner which is deleted in the foreground waits for. */
export const blockingDependents = (owner: Item, graph: OwnerGraph, cache: Cache): Item[] => {
  const { uid: ownerUid } = owner.object.metadata
  return graph
    .dependentsOf(owner.object, cache)
    .filter(({ object }) =>
      object.metadata.ownerReferences?.some(({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion),
    )
}

/**
 * Whether an object that waits for its dependents waits for nothing but itself: all that it waits for, however far, wait for one another in a
 * ring with it. Upstream lets owners go before a ring closes, but not where all of it was deleted in the foreground at once, or one owns itself.
 */
export const isHeldByRing = (item: Item, graph: OwnerGraph, cache: Cache): boolean => {
  const reached = new Map<string, readonly string[]>()
  const open = [item]
  for (let next = open.pop(); next; next = open.pop()) {
    const key = itemKey(next)
    if (reached.has(key)) continue
    const blocking = blockingDependents(next, graph, cache)
    if (!blocking.every(isWaitingForDependents)) return false
    reached.set(key, blocking.map(itemKey))
    open.push(...blocking)
  }
  return leadsBackFromAll(itemKey(item), reached)
}

/** What waits outside of the ring comes first: each of the reached must wait for the first in turn. */
const leadsBackFromAll = (first: string, reached: ReadonlyMap<string, readonly string[]>): boolean => {
  const leading = new Set([first])
  for (let before = 0; before !== leading.size; ) {
    before = leading.size
    for (const [key, blocking] of reached) if (blocking.some((each) => leading.has(each))) leading.add(key)
  }
  return leading.size === reached.size && [...reached.keys()].every((key) => leading.has(key))
}
