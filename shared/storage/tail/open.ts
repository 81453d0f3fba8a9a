import type { Logger } from '../../platform/log.ts'
import type { LogTail, SubscribeOptions, Subscription, TailChange, TailListener } from '../log-tail.ts'
import { RevisionExpired, RevisionInFuture, type Store } from '../store.ts'
import { HeldChanges } from './held-changes.ts'
import { History } from './history.ts'
import { ParsedChange } from './parsed-change.ts'
import { TailSubscription } from './subscription.ts'
import { Turns } from './turns.ts'

export interface LogTailOptions {
  readonly store: Store
  readonly log?: Logger | undefined
  /** how much of the newest history is held for subscribers that start a little behind; defaults 4,096 changes and 32 MiB */
  readonly heldChanges?: number | undefined
  readonly heldBytes?: number | undefined
  /**
   * How much of what subscribers have missed is read at once; default 64: from a store in the same thread, few enough that requests which
   * come meanwhile wait for a fraction of a millisecond. A store behind a network wants more of them, since each reading is a round trip.
   */
  readonly missedChanges?: number | undefined
  /**
   * When the log is read on by itself; else only by `catchUp`. `subscribed`: while there is a subscription, for a process that sleeps
   * between requests. Default `always`.
   */
  readonly follow?: 'always' | 'subscribed' | 'never' | undefined
}

/** Follows the log from its present end. */
export const openLogTail = async (options: LogTailOptions): Promise<LogTail> => {
  const tail = new StoreLogTail(options, await options.store.revision())
  tail.start()
  return tail
}

class StoreLogTail implements LogTail {
  readonly #store: Store
  readonly #log: Logger | undefined
  readonly #held: HeldChanges
  readonly #history: History
  readonly #listeners = new Set<TailListener>()
  readonly #subscriptions = new Set<TailSubscription>()
  /** live ones by resource, '' for all resources: a change visits only those it may concern */
  readonly #live = new Map<string, Set<TailSubscription>>()
  readonly #turns = new Turns()
  readonly #closing = new AbortController()
  readonly #followMode: 'always' | 'subscribed' | 'never'
  #pause = new AbortController()
  #position: number
  /** whether there is more at once */
  #reading: Promise<boolean> | undefined
  #running: Promise<void> | undefined

  constructor(options: LogTailOptions, position: number) {
    this.#store = options.store
    this.#log = options.log
    this.#position = position
    this.#followMode = options.follow ?? 'always'
    this.#history = new History(options.store, options.missedChanges ?? 64)
    this.#held = new HeldChanges({
      from: position,
      maxChanges: options.heldChanges ?? 4096,
      maxBytes: options.heldBytes ?? 32 * 1024 * 1024,
    })
  }

  get position(): number {
    return this.#position
  }

  async catchUp(): Promise<number> {
    if (this.#store.revisionNow?.() === this.#position) return this.#position
    // One that is under way may have begun before what the caller knows of.
    await this.#reading?.catch(() => undefined)
    for (let more = true; more && !this.#closing.signal.aborted; ) more = await this.#read()
    return this.#position
  }

  listen(listener: TailListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  subscribe(options: SubscribeOptions): Subscription {
    const subscription = new TailSubscription({
      ...options,
      tailPosition: () => this.#position,
      start: (starting) => this.#bringToEnd(starting),
      ended: (ended) => this.#forget(ended),
      offered: (offered) => this.#turns.add(offered),
    })
    this.#subscriptions.add(subscription)
    if (this.#followMode === 'subscribed') this.#run()
    if (this.#closing.signal.aborted) subscription.close()
    return subscription
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const subscription of [...this.#subscriptions]) subscription.close()
    await this.#running
  }

  /** Reads on until closed, if it is to without being asked. */
  start(): void {
    if (this.#followMode === 'always') this.#run()
  }

  #run(): void {
    if (this.#pause.signal.aborted) this.#pause = new AbortController()
    this.#running ??= this.#follow().finally(() => {
      this.#running = undefined
      // One may have come while the loop was ending.
      if (this.#followMode === 'subscribed' && this.#subscriptions.size > 0 && !this.#closing.signal.aborted) this.#run()
    })
  }

  async #follow(): Promise<void> {
    const signal = AbortSignal.any([this.#closing.signal, this.#pause.signal])
    let failures = 0
    while (!signal.aborted) {
      try {
        await this.#store.waitForChange(this.#position, signal)
        if (signal.aborted) return
        await this.#read()
        failures = 0
      } catch (error) {
        if (signal.aborted) return
        failures++
        this.#log?.error('reading the log failed', { error, failures })
        await new Promise((resolve) => setTimeout(resolve, Math.min(5000, 50 * 2 ** failures)))
      }
    }
  }

  /** One read at a time; whoever comes meanwhile shares it. */
  #read(): Promise<boolean> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #readOnce(): Promise<boolean> {
    try {
      const { changes, position, more } = await this.#store.changes(this.#position)
      this.#advance(
        changes.map((change) => new ParsedChange(change)),
        position,
      )
      return more
    } catch (error) {
      // The store was set back to an earlier moment: writes say so.
      if (error instanceof RevisionInFuture) return false
      if (!(error instanceof RevisionExpired)) throw error
      await this.#reset()
      return false
    }
  }

  /** No step in here gives way to others: everybody sees the same order, and nobody can start in the middle of a batch. */
  #advance(changes: readonly TailChange[], position: number): void {
    this.#position = position
    if (changes.length === 0) return
    this.#held.push(changes)
    for (const listener of [...this.#listeners]) this.#call(listener, () => listener.changes(changes, position))
    for (const change of changes) {
      for (const subscription of this.#live.get(change.key.resource) ?? []) subscription.offer(change)
      for (const subscription of this.#live.get('') ?? []) subscription.offer(change)
    }
    this.#turns.run()
  }

  /** Who is further than the tail was, or reads the store itself, may have missed nothing: the store says who has. */
  async #reset(): Promise<void> {
    const position = await this.#store.revision()
    const behind = [...this.#live.values()].flatMap((subscriptions) => [...subscriptions])
    for (const subscription of behind) subscription.goBehind()
    this.#live.clear()
    this.#position = position
    this.#held.clear(position)
    for (const subscription of behind) subscription.start()
    for (const listener of [...this.#listeners]) this.#call(listener, () => listener.reset(this.#position))
  }

  #call(listener: TailListener, call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#listeners.delete(listener)
      this.#log?.error('a listener of the log failed and is dropped', { error })
    }
  }

  /** Reads what the subscription missed: from the store as long as it is behind what is held, then from there, then it is live. */
  async #bringToEnd(subscription: TailSubscription): Promise<void> {
    while (!subscription.ended && subscription.reached < this.#held.from) {
      const { changes, position } = await this.#history.next(subscription)
      subscription.backlog(changes)
      subscription.reached = position
      await subscription.drained()
    }
    if (subscription.ended) return
    subscription.backlog(this.#held.after(subscription.reached))
    subscription.goLive()
    const slot = subscription.resource ?? ''
    const live = this.#live.get(slot) ?? new Set()
    this.#live.set(slot, live.add(subscription))
  }

  #forget(subscription: TailSubscription): void {
    this.#subscriptions.delete(subscription)
    this.#turns.delete(subscription)
    this.#history.delete(subscription)
    if (this.#followMode === 'subscribed' && this.#subscriptions.size === 0) this.#pause.abort()
    const slot = subscription.resource ?? ''
    const live = this.#live.get(slot)
    live?.delete(subscription)
    if (live?.size === 0) this.#live.delete(slot)
  }
}
