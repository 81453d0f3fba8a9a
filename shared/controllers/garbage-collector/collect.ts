import type { Cache } from '../../client/cache.ts'
import type { OwnerReference } from '../../meta/object-meta.ts'
import { blockingDependents, foregroundFinalizer, isHeldByRing, isWaitingForDependents } from './foreground.ts'
import { type Item, itemKey, type OwnerGraph } from './owner-graph.ts'

export const orphanFinalizer = 'orphan'

/** What is to be done about an object. */
export type Verdict =
  | { readonly act: 'nothing' }
  /** dependents lose their reference to it, then it goes */
  | { readonly act: 'orphan'; readonly dependents: readonly Item[] }
  /** it goes when those that block it have gone; none: now */
  | { readonly act: 'wait'; readonly blocking: readonly Item[] }
  | { readonly act: 'drop references'; readonly keep: readonly OwnerReference[] }
  | {
      readonly act: 'delete'
      readonly propagationPolicy: 'Background' | 'Foreground' | 'Orphan'
      /** its owners are let go first: one that waits for it may be one that it would wait for */
      readonly unblock?: boolean
    }

export const judge = (item: Item, graph: OwnerGraph, cache: Cache): Verdict => {
  const { metadata } = item.object
  const deleting = metadata.deletionTimestamp !== undefined
  if (deleting && metadata.finalizers?.includes(orphanFinalizer))
    return { act: 'orphan', dependents: graph.dependentsOf(item.object, cache) }
  if (isWaitingForDependents(item)) {
    const blocking = blockingDependents(item, graph, cache)
    return { act: 'wait', blocking: blocking.length && isHeldByRing(item, graph, cache) ? [] : blocking }
  }
  if (deleting || !metadata.ownerReferences?.length) return { act: 'nothing' }
  return judgeByOwners(item, graph, cache)
}

const judgeByOwners = (item: Item, graph: OwnerGraph, cache: Cache): Verdict => {
  const references = item.object.metadata.ownerReferences ?? []
  const solid: OwnerReference[] = []
  let waiting = false
  for (const reference of references) {
    const owner = graph.ownerOf(item, reference, cache)
    if (owner === 'unknown') return { act: 'nothing' }
    if (owner !== 'absent' && isWaitingForDependents(owner)) waiting = true
    else if (owner !== 'absent') solid.push(reference)
  }
  if (solid.length === references.length) return { act: 'nothing' }
  if (solid.length) return { act: 'drop references', keep: solid }
  const dependents = graph.dependentsOf(item.object, cache)
  if (waiting && dependents.length) {
    return { act: 'delete', propagationPolicy: 'Foreground', unblock: dependents.some(isWaitingForDependents) }
  }
  const { finalizers = [] } = item.object.metadata
  if (finalizers.includes(orphanFinalizer)) return { act: 'delete', propagationPolicy: 'Orphan' }
  return { act: 'delete', propagationPolicy: finalizers.includes(foregroundFinalizer) ? 'Foreground' : 'Background' }
}

/** Whom a change concerns: the object itself, what it leaves behind, and who waits for it to go. */
export const concerned = (
  change: { readonly item: Item | undefined; readonly previous: Item | undefined },
  graph: OwnerGraph,
  cache: Cache,
): string[] => {
  const { item, previous } = change
  if (!item)
    return previous ? [...graph.dependentsOf(previous.object, cache).map(itemKey), ...waitingOwners(previous, graph, cache)] : []
  const { ownerReferences, deletionTimestamp, finalizers = [] } = item.object.metadata
  const before = previous?.object.metadata
  const ownersChanged = ownersText(ownerReferences) !== ownersText(before?.ownerReferences)
  const held =
    deletionTimestamp !== undefined && (finalizers.includes(foregroundFinalizer) || finalizers.includes(orphanFinalizer))
  const keys = held || (ownersChanged && ownerReferences?.length) ? [itemKey(item)] : []
  // A dependent that was let go no longer holds its owner.
  if (ownersChanged && previous) keys.push(...waitingOwners(previous, graph, cache))
  if (held && before?.deletionTimestamp === undefined) keys.push(...graph.dependentsOf(item.object, cache).map(itemKey))
  return keys
}

const waitingOwners = (dependent: Item, graph: OwnerGraph, cache: Cache): string[] => {
  const keys: string[] = []
  for (const reference of dependent.object.metadata.ownerReferences ?? []) {
    const owner = graph.ownerOf(dependent, reference, cache)
    if (typeof owner === 'object' && isWaitingForDependents(owner)) keys.push(itemKey(owner))
  }
  return keys
}

const ownersText = (references: readonly OwnerReference[] | undefined) =>
  references?.map(({ uid, blockOwnerDeletion }) => `${uid} ${blockOwnerDeletion ?? false}`).join() ?? ''
