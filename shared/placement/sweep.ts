import type { Cache } from '../client/cache.ts'
import { isPodTerminal } from '../controllers/pod-state.ts'
import { podsByNode } from '../controllers/pods-by-node.ts'
import { placementName, type WorkQueues } from '../queue/work-queues.ts'
import { type Node, nodes, type Pod } from '../resources/resource.ts'
import { whenLoaded } from '../storage/when-loaded.ts'
import { hostOf, referenceOf } from './annotation.ts'
import type { HeldRoom, Placement } from './placement.ts'
import { placementKey } from './placement-controller.ts'

export interface SweepOptions {
  readonly placement: Placement
  readonly cache: Cache
  readonly queues: WorkQueues
}

/**
 * Compares what is held with what should be, on every node, both ways: events about either may have been lost. A node of which it fails
 * keeps none of the others from it; then it throws.
 */
export const sweepPlacement = async (options: SweepOptions, cause: string): Promise<void> => {
  const all = await whenLoaded(options.cache, () => options.cache.list(nodes))
  const errors: Error[] = []
  for (const node of all)
    await sweepNode(node, options, cause).catch((cause: unknown) => {
      errors.push(new Error(`node ${node.metadata.name} could not be swept: ${String(cause)}`, { cause }))
    })
  if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join('; '))
}

const sweepNode = async (node: Node, { placement, cache, queues }: SweepOptions, cause: string): Promise<void> => {
  const host = hostOf(node)
  if (host === undefined) return
  const held = await placement.list(host)
  // Read after: a pod whose room is held already is there.
  const bound = await whenLoaded(cache, () => cache.byIndex(podsByNode, node.metadata.name))
  const { orphans, unsettled } = compare(held, bound)
  for (const { reference } of orphans) await placement.stop(reference, 'no pod needs it')
  await queues.send(unsettled.map((pod) => ({ work: { controller: placementName, key: placementKey(pod) }, cause })))
}

/** Pure: room that no pod needs, and pods whose room is not held as they think. */
export const compare = (
  held: readonly HeldRoom[],
  bound: readonly Pod[],
): { orphans: readonly HeldRoom[]; unsettled: readonly Pod[] } => {
  const living = new Map(bound.filter((pod) => !isPodTerminal(pod)).map((pod) => [pod.metadata.uid, pod]))
  const holding = held.filter(({ state }) => state !== 'stopped')
  const orphans = holding.filter(({ podUid, reference }) => {
    const pod = living.get(podUid)
    return !pod || (referenceOf(pod) ?? reference) !== reference
  })
  const references = new Set(holding.map(({ reference }) => reference))
  const unsettled = bound.filter((pod) => {
    const reference = referenceOf(pod)
    return isPodTerminal(pod) ? reference !== undefined : reference === undefined || !references.has(reference)
  })
  return { orphans, unsettled }
}
