import type { TailSubscription } from './subscription.ts'

/** Few enough that requests which come meanwhile wait for milliseconds, many enough that what they write on one connection goes together. */
const perTurn = 128

/**
 * Wakes subscriptions, so many in a turn of the event loop: a thousand watchers are written to without a write having to wait for all of
 * them. What comes before its turn is taken together with what is there already.
 */
export class Turns {
  readonly #waiting = new Set<TailSubscription>()
  #next: NodeJS.Immediate | undefined

  /** Its turn is at the next `run`, or after those that wait longer. */
  add(subscription: TailSubscription): void {
    this.#waiting.add(subscription)
  }

  delete(subscription: TailSubscription): void {
    this.#waiting.delete(subscription)
  }

  /** The first turn at once, if none is due. */
  run(): void {
    if (!this.#next) this.#turn()
  }

  #turn(): void {
    this.#next = undefined
    let left = perTurn
    for (const subscription of this.#waiting) {
      if (left-- === 0) break
      this.#waiting.delete(subscription)
      subscription.wake()
    }
    if (this.#waiting.size > 0) this.#next = setImmediate(() => this.#turn())
  }
}
