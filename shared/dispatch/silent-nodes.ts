import type { Cache } from '../client/cache.ts'
import type { Controller } from '../controllers/controller.ts'
import { autoscalerController } from '../controllers/horizontalpodautoscaler/name.ts'
import { zonesKey } from '../controllers/node-lifecycle/node-lifecycle.ts'
import type { Clock } from '../platform/clock.ts'
import type { WorkQueues } from '../queue/work-queues.ts'
import { type Node, nodes } from '../resources/resource.ts'
import type { Heartbeats } from '../storage/heartbeats.ts'
import { whenLoaded } from '../storage/when-loaded.ts'

/** as node-lifecycle has it */
const graceMs = 40_000
/** A last heartbeat may come after its node's end. */
const forgottenAfterMs = 3_600_000
const controller = 'node-lifecycle'

export interface SilentNodesOptions {
  readonly heartbeats: Heartbeats
  readonly cache: Cache
  readonly queues: WorkQueues
  readonly clock: Clock
}

/**
 * Has nodes looked at that are silent and not known to be: one look for all, where a timer a node would be dear. Forgets heartbeats of
 * nodes that are no more.
 */
export const findSilentNodes = async ({ heartbeats, cache, queues, clock }: SilentNodesOptions): Promise<void> => {
  const [heard, all] = await Promise.all([heartbeats.all(), whenLoaded(cache, () => cache.list(nodes))])
  const nowMs = clock.now()
  const silent = all.filter((node) => !isKnown(node) && nowMs - (heard.get(node.metadata.name) ?? bornMs(node)) >= graceMs)
  const known = new Set(all.map(({ metadata }) => metadata.name))
  const gone = [...heard].filter(([name, atMs]) => !known.has(name) && nowMs - atMs >= forgottenAfterMs)
  if (gone.length > 0) await heartbeats.forget(gone.map(([name]) => name))
  await queues.send(silent.map(({ metadata }) => ({ work: { controller, key: metadata.name }, cause: `silent ${nowMs}` })))
}

const isKnown = ({ status }: Node) =>
  status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'Unknown')
const bornMs = ({ metadata }: Node) => Date.parse(metadata.creationTimestamp ?? '') || 0

/** The lifecycle of nodes, and autoscalers, without a timer for each: the clock finds them; every other controller as it is. */
export const untimed = (timed: Controller): Controller =>
  timed.name === controller || timed.name === autoscalerController
    ? {
        ...timed,
        reconcile: async (key, context) => {
          const result = await timed.reconcile(key, context)
          return key === zonesKey ? result : undefined
        },
      }
    : timed
