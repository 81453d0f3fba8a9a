import { setTimeout as delay } from 'node:timers/promises'
import { type LogTail, SlowSubscriber, type Subscription } from '../../../shared/storage/log-tail.ts'
import { type Store, StoreUnavailable } from '../../../shared/storage/store.ts'
import type { Random } from '../random.ts'
import { noteExpired } from './expired.ts'
import type { History, RecordedChange, RecordedExpiry, RecordedWatch } from './history.ts'
import { recordedChange } from './marked-object.ts'
import { patiently } from './patiently.ts'
import type { Scope } from './scope.ts'

export interface TailWatcherOptions {
  readonly store: Store
  readonly tail: LogTail
  readonly random: Random
  readonly stop: AbortSignal
  readonly from: number
  /** the first position that the log has */
  readonly beginning: number
}

/** How a watcher behaves between batches. */
interface Manner {
  readonly name: string
  readonly from: number
  readonly pauseMs: number
  /** how likely it leaves after a batch, to come back at its position */
  readonly leaves: number
  /** how long it stays away then */
  readonly awayMs?: number
  readonly maxPending?: number
  /** default: all pods */
  readonly scope?: Scope
}

const allPods: Scope = { resource: 'pods' }

export const watchThroughTail = (options: TailWatcherOptions): Promise<History>[] => {
  const { from, beginning } = options
  const manners: Manner[] = [
    { name: 'quick', from, pauseMs: 0, leaves: 0, scope: {} },
    { name: 'from the beginning', from: beginning, pauseMs: 0, leaves: 0 },
    { name: 'slow', from, pauseMs: 12, leaves: 0, maxPending: 4 },
    { name: 'leaving', from, pauseMs: 0, leaves: 0.3, scope: { resource: 'pods', namespace: 'default' } },
    { name: 'slow and leaving', from: beginning, pauseMs: 5, leaves: 0.2, maxPending: 6 },
    { name: 'of little', from, pauseMs: 0, leaves: 0.1, scope: { resource: 'configmaps' } },
  ]
  return manners.map((manner) => watch(options, manner))
}

/** The tail sleeps whenever this watcher is away: history may be gone when both wake. */
export const watchAsleep = (options: TailWatcherOptions): Promise<History> =>
  watch(options, { name: 'asleep', from: options.from, pauseMs: 0, leaves: 0.3, awayMs: 60 })

const watch = async (options: TailWatcherOptions, manner: Manner): Promise<History> => {
  const { store, tail, stop, random } = options
  const { from, scope = allPods, maxPending, pauseMs, leaves, awayMs = 0 } = manner
  const through = `the tail, ${manner.name}`
  const watches: RecordedWatch[] = []
  const expiries: RecordedExpiry[] = []
  let changes: RecordedChange[] = []
  let begun = from
  let position = from
  let last: number | undefined
  while (last === undefined || position < last) {
    const after = position
    const subscription = tail.subscribe({
      after,
      resource: scope.resource,
      namespace: scope.namespace,
      ...(maxPending === undefined ? {} : { maxPending }),
    })
    const interrupt = () => subscription.interrupt()
    stop.addEventListener('abort', interrupt)
    if (stop.aborted) interrupt()
    try {
      for await (const batch of subscription) {
        changes.push(...batch.map(recordedChange))
        position = reached(subscription, batch.at(-1)?.revision ?? position, random)
        if (stop.aborted) {
          last ??= await store.revision()
          await tail.catchUp()
          position = subscription.position
          if (position >= last) break
          // What is read from far back comes in a turn of the event loop, which is to be let go on.
          await new Promise((resolve) => setImmediate(resolve))
          subscription.interrupt()
        }
        if (pauseMs > 0 && !stop.aborted) await delay(random.below(pauseMs))
        if (random.next() < leaves) break
      }
    } catch (error) {
      if (error instanceof SlowSubscriber || error instanceof StoreUnavailable) {
        // A bookmark may have been due just then.
        position = reached(subscription, position, random)
      } else {
        noteExpired(error, subscription.position, { expiries, through })
        watches.push({ from: begun, position: subscription.position, changes, scope, through })
        begun = await patiently(() => store.revision())
        position = begun
        changes = []
      }
    } finally {
      stop.removeEventListener('abort', interrupt)
      subscription.close()
    }
    if (awayMs > 0 && !stop.aborted) await delay(random.below(awayMs))
    if (stop.aborted && last === undefined) last = await store.revision().catch(() => undefined)
  }
  return { writes: [], reads: [], lists: [], watches: [...watches, { from: begun, position, changes, scope, through }], expiries }
}

/** Who comes back may do so at the last event, or at a bookmark. */
const reached = (subscription: Subscription, last: number, random: Random): number =>
  random.next() < 0.5 ? last : Math.max(last, subscription.position)
