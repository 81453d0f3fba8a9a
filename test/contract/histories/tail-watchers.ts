import { setTimeout as delay } from 'node:timers/promises'
import { type LogTail, SlowSubscriber, type Subscription } from '../../../shared/storage/log-tail.ts'
import { type Store, StoreUnavailable } from '../../../shared/storage/store.ts'
import type { Random } from '../random.ts'
import type { RecordedChange, RecordedWatch } from './history.ts'
import { recordedChange } from './marked-object.ts'

export interface TailWatcherOptions {
  readonly store: Store
  readonly tail: LogTail
  readonly random: Random
  readonly stop: AbortSignal
  readonly from: number
}

/** How a watcher behaves between batches. */
interface Manner {
  readonly name: string
  readonly from: number
  readonly pauseMs: number
  /** how likely it leaves after a batch, to come back at its position */
  readonly leaves: number
  readonly maxPending?: number
}

export const watchThroughTail = (options: TailWatcherOptions): Promise<RecordedWatch[]>[] => {
  const { from } = options
  const manners: Manner[] = [
    { name: 'quick', from, pauseMs: 0, leaves: 0 },
    { name: 'from the beginning', from: 1, pauseMs: 0, leaves: 0 },
    { name: 'slow', from, pauseMs: 12, leaves: 0, maxPending: 4 },
    { name: 'leaving', from, pauseMs: 0, leaves: 0.3 },
    { name: 'slow and leaving', from: 1, pauseMs: 5, leaves: 0.2, maxPending: 6 },
  ]
  return manners.map((manner) => watch(options, manner))
}

const watch = async (options: TailWatcherOptions, manner: Manner): Promise<RecordedWatch[]> => {
  const { store, tail, stop, random } = options
  const changes: RecordedChange[] = []
  let position = manner.from
  let last: number | undefined
  while (last === undefined || position < last) {
    const subscription = tail.subscribe({
      after: position,
      resource: 'pods',
      ...(manner.maxPending === undefined ? {} : { maxPending: manner.maxPending }),
    })
    const interrupt = () => subscription.interrupt()
    stop.addEventListener('abort', interrupt)
    try {
      for await (const batch of subscription) {
        changes.push(...batch.map(recordedChange))
        position = reached(subscription, batch.at(-1)?.revision ?? position, random)
        if (stop.aborted) {
          last ??= await store.revision()
          await tail.catchUp()
          position = subscription.position
          if (position >= last) break
          subscription.interrupt()
        }
        if (manner.pauseMs > 0 && !stop.aborted) await delay(random.below(manner.pauseMs))
        if (random.next() < manner.leaves) break
      }
    } catch (error) {
      if (!(error instanceof SlowSubscriber || error instanceof StoreUnavailable)) throw error
      // A bookmark may have been due just then.
      position = reached(subscription, position, random)
    } finally {
      stop.removeEventListener('abort', interrupt)
      subscription.close()
    }
    if (stop.aborted && last === undefined) last = await store.revision().catch(() => undefined)
  }
  return [{ from: manner.from, position, changes, through: `the tail, ${manner.name}` }]
}

/** Who comes back may do so at the last event, or at a bookmark. */
const reached = (subscription: Subscription, last: number, random: Random): number =>
  random.next() < 0.5 ? last : Math.max(last, subscription.position)
