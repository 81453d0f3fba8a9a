import { SlowSubscriber, type SubscribeOptions, type Subscription, type TailChange } from '../log-tail.ts'

const done = { done: true, value: undefined } as const

/** What one subscriber has not taken yet. */
export class TailSubscription implements Subscription {
  readonly resource: string | undefined
  /** every wanted change up to here was put before it, until it was live: it may have read the store further than the tail had */
  reached: number
  readonly #options: SubscribeOptions & {
    tailPosition: () => number
    start: (subscription: TailSubscription) => Promise<void>
    ended: (subscription: TailSubscription) => void
    /** asks for a turn to `wake` in */
    offered: (subscription: TailSubscription) => void
  }
  #maxPending: number
  #pending: TailChange[] = []
  #live = false
  /** where it stood when it ended: what waited then was not taken, and never will be */
  #endedAt: number | undefined
  #error: unknown
  #interrupted = false
  #reader: PromiseWithResolvers<IteratorResult<readonly TailChange[], undefined>> | undefined
  #wakeFeeder: (() => void) | undefined

  constructor(options: TailSubscription['options']) {
    this.#options = options
    this.resource = options.resource
    this.reached = options.after
    this.#maxPending = options.maxPending ?? 10_000
    if (options.signal?.aborted) this.#endedAt = this.reached
    options.signal?.addEventListener('abort', this.#abort)
    this.start()
  }

  /** Brings it to the end of the log. */
  start(): void {
    this.#options.start(this).catch((error: unknown) => this.fail(error))
  }

  get options() {
    return this.#options
  }

  get ended(): boolean {
    return this.#endedAt !== undefined
  }

  get position(): number {
    if (this.#endedAt !== undefined) return this.#endedAt
    const first = this.#pending[0]
    if (first) return first.revision - 1
    return this.#live ? Math.max(this.reached, this.#options.tailPosition()) : this.reached
  }

  goLive(): void {
    this.#live = true
    // Starting far behind is not being slow.
    this.#maxPending += this.#pending.length
  }

  /** The tail is about to leave history out: what comes is to be read from the store, after a new `start`. */
  goBehind(): void {
    this.reached = Math.max(this.reached, this.#options.tailPosition())
    this.#live = false
  }

  /** A change as it happens; too many waiting end the subscription. */
  offer(change: TailChange): void {
    if (!this.#wants(change)) return
    if (this.#pending.length >= this.#maxPending) this.fail(new SlowSubscriber(this.#pending.length))
    else {
      this.#pending.push(change)
      this.#options.offered(this)
    }
  }

  /** Changes from before the subscription. */
  backlog(changes: readonly TailChange[]): void {
    for (const change of changes) if (this.#wants(change)) this.#pending.push(change)
    this.wake()
  }

  /** Resolves when everything put so far has been taken. */
  async drained(): Promise<void> {
    while (this.#pending.length > 0 && !this.ended) {
      await new Promise<void>((resolve) => {
        this.#wakeFeeder = resolve
      })
    }
  }

  fail(error: unknown): void {
    if (this.ended) return
    this.#error = error
    this.close()
  }

  close(): void {
    if (!this.ended) this.#options.ended(this)
    this.#endedAt = this.position
    this.#pending = []
    this.#options.signal?.removeEventListener('abort', this.#abort)
    const reader = this.#reader
    this.#reader = undefined
    if (this.#error !== undefined) reader?.reject(this.#error)
    else reader?.resolve(done)
    this.#wakeFeeder?.()
  }

  interrupt(): void {
    this.#interrupted = true
    this.wake()
  }

  /** Lets the reader take what waits. */
  wake(): void {
    const reader = this.#reader
    if (!reader) return
    const batch = this.#take()
    if (batch === undefined) return
    this.#reader = undefined
    reader.resolve({ done: false, value: batch })
  }

  /** By hand: a generator would cost each of a thousand watchers three turns more of the microtask queue per batch. */
  [Symbol.asyncIterator](): AsyncIterator<readonly TailChange[], undefined> {
    return {
      next: () => this.#next(),
      return: () => {
        this.close()
        return Promise.resolve(done)
      },
    }
  }

  #next(): Promise<IteratorResult<readonly TailChange[], undefined>> {
    if (this.#error !== undefined) return Promise.reject(this.#error)
    if (this.ended) return Promise.resolve(done)
    const batch = this.#take()
    if (batch !== undefined) return Promise.resolve({ done: false, value: batch })
    this.#reader = Promise.withResolvers()
    return this.#reader.promise
  }

  #take(): readonly TailChange[] | undefined {
    if (this.#pending.length === 0 && !this.#interrupted) return undefined
    const batch = this.#pending
    this.#pending = []
    this.#interrupted = false
    this.#wakeFeeder?.()
    return batch
  }

  readonly #abort = () => this.close()

  #wants(change: TailChange): boolean {
    const { resource, namespace, accepts } = this.#options
    if (this.ended || change.revision <= this.reached) return false
    if (resource !== undefined && change.key.resource !== resource) return false
    if (namespace !== undefined && change.key.namespace !== namespace) return false
    return accepts === undefined || accepts(change)
  }
}
