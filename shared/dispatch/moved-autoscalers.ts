import type { Cache } from '../client/cache.ts'
import { isAtRest } from '../controllers/horizontalpodautoscaler/at-rest.ts'
import { autoscalerController } from '../controllers/horizontalpodautoscaler/name.ts'
import { keyOf } from '../controllers/key.ts'
import type { Clock } from '../platform/clock.ts'
import type { WorkQueues } from '../queue/work-queues.ts'
import { movedNamespaces } from '../resources/metrics/moved.ts'
import type { NodeUsage } from '../resources/metrics/node-usage.ts'
import { horizontalPodAutoscalers } from '../resources/resource.ts'
import type { Heartbeats } from '../storage/heartbeats.ts'
import { whenLoaded } from '../storage/when-loaded.ts'

export interface MovedAutoscalersOptions {
  readonly heartbeats: Pick<Heartbeats, 'usages'>
  readonly cache: Cache
  readonly queues: Pick<WorkQueues, 'send'>
  readonly clock: Clock
}

/** One at rest is looked at so often all the same: a node may have gone silent. */
const restMs = 5 * 60_000
/** The clock rings a little early or late. */
const slackMs = 30_000

/**
 * Has autoscalers looked at that may have something to do: one look at what nodes say for all of them, where a timer for each would be
 * dear. Without an autoscaler it reads nothing. What it knows is this process's: a new one has all looked at.
 */
export const createMovedAutoscalers = ({ heartbeats, cache, queues, clock }: MovedAutoscalersOptions): (() => Promise<void>) => {
  let known: ReadonlyMap<string, NodeUsage> | undefined
  let looked: ReadonlyMap<string, number> = new Map()
  return async () => {
    const all = await whenLoaded(cache, () => cache.list(horizontalPodAutoscalers))
    if (all.length === 0) {
      known = undefined
      return
    }
    const usages = await heartbeats.usages()
    const moved = known && movedNamespaces(known, usages)
    const nowMs = clock.now()
    const due = all.filter((one) => {
      if (!moved || !isAtRest(one) || moved.has(one.metadata.namespace ?? '')) return true
      return nowMs - (looked.get(keyOf(one)) ?? 0) >= restMs - slackMs
    })
    const keys = due.map(keyOf)
    await queues.send(keys.map((key) => ({ work: { controller: autoscalerController, key }, cause: `look ${nowMs}` })))
    known = usages
    const living = new Set(all.map(keyOf))
    looked = new Map([...looked, ...keys.map((key) => [key, nowMs] as const)].filter(([key]) => living.has(key)))
  }
}
