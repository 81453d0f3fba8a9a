import type { KubeObject } from '../meta/object.ts'
import type { Change } from './store.ts'

/**
 * The end of a store's log as one process follows it: read once, shared by everything that reacts to changes there (caches,
 * dispatch, watches). Every subscriber sees each change after its position once, in revision order.
 */
export interface LogTail {
  /** Every change up to here has been handed to the listeners and put before the subscriptions. */
  readonly position: number

  /** Catches up with everything acknowledged before the call; resolves with the position reached. Cheap when nothing is new. */
  catchUp(): Promise<number>

  /**
   * Calls the listener synchronously with each batch, from the current `position` on (start from what you listed at
   * `start()`'s or `catchUp()`'s position, or skip by revision). Returns the way to stop. A listener that throws is dropped and its error logged.
   */
  listen(listener: TailListener): () => void

  /**
   * Changes with revision > `after`, where `after` may be older than what the tail holds: then it is read from the store. The
   * iteration throws `RevisionExpired` when history is gone and `SlowSubscriber` when more waits than the bound.
   */
  subscribe(options: SubscribeOptions): Subscription

  close(): Promise<void>
}

export interface TailListener {
  changes(changes: readonly TailChange[], position: number): void
  /** History between was lost (the process slept longer than it is kept): what was read is worth nothing, list again. Changes after `position` follow. */
  reset(position: number): void
}

export interface SubscribeOptions {
  readonly after: number
  /** as in ObjectKey; undefined: all */
  readonly resource?: string | undefined
  /** undefined: all namespaces */
  readonly namespace?: string | undefined
  /** Further selection, evaluated when the change arrives, so that what is not wanted wakes nobody. */
  readonly accepts?: ((change: TailChange) => boolean) | undefined
  /** changes that may wait to be taken; default 10,000 */
  readonly maxPending?: number | undefined
  /** ends the iteration without an error */
  readonly signal?: AbortSignal | undefined
}

/** Iterates, for one reader, over batches (empty ones only when interrupted). Ends when the signal aborts or the tail closes. */
export interface Subscription extends AsyncIterable<readonly TailChange[]> {
  /** Every wanted change up to here has been taken: a bookmark's resourceVersion. Stays when the subscription has ended, however it did. */
  readonly position: number
  /** Ends the wait for changes, this one or the next, with an empty batch where there are none. */
  interrupt(): void
  close(): void
}

/** A change that is parsed once, when first asked, and whose encodings are made once for all that want the same. */
export interface TailChange extends Change {
  /** after the change (of a deletion: the last state); frozen by convention */
  readonly object: KubeObject
  /** before the change; undefined for `created` */
  readonly previousObject: KubeObject | undefined
  /** The result of `make`, made at most once per `slot` for this change: name the slot by what the result depends on (`v1 ADDED json`). */
  memo<T>(slot: string, make: (change: TailChange) => T): T
}

export class SlowSubscriber extends Error {
  constructor(waiting: number) {
    super(`too slow: ${waiting} changes were waiting to be taken`)
    this.name = 'SlowSubscriber'
  }
}
