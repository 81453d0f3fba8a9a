import type { TailChange } from '../log-tail.ts'
import type { Store } from '../store.ts'
import { ParsedChange } from './parsed-change.ts'
import type { TailSubscription } from './subscription.ts'

const subscriptionsPerTurn = 64

interface Part {
  readonly changes: readonly TailChange[]
  /** how far it goes */
  readonly position: number
}

/**
 * Reads from the store what subscriptions have missed, one part in a turn of the event loop. Those that stand at about the same place share
 * the part and what is made of it, so that thousands which begin far back are little more work than one.
 */
export class History {
  readonly #store: Pick<Store, 'changes'>
  readonly #changesPerTurn: number
  readonly #waiting = new Map<TailSubscription, PromiseWithResolvers<Part>>()
  #isRunning = false

  constructor(store: Pick<Store, 'changes'>, changesPerTurn: number) {
    this.#store = store
    this.#changesPerTurn = changesPerTurn
  }

  /** The next of what the subscription has missed; some may be from before. Throws as the store does. */
  next(subscription: TailSubscription): Promise<Part> {
    const waiting = Promise.withResolvers<Part>()
    this.#waiting.set(subscription, waiting)
    if (!this.#isRunning) void this.#run()
    return waiting.promise
  }

  /** It wants no more. */
  delete(subscription: TailSubscription): void {
    this.#take(subscription)?.resolve({ changes: [], position: subscription.reached })
  }

  #take(subscription: TailSubscription): PromiseWithResolvers<Part> | undefined {
    const waiting = this.#waiting.get(subscription)
    this.#waiting.delete(subscription)
    return waiting
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      const [longest] = this.#waiting.keys()
      if (!longest) break
      await this.#read(longest)
    }
    this.#isRunning = false
  }

  async #read(longest: TailSubscription): Promise<void> {
    const from = longest.reached
    try {
      const { changes, position } = await this.#store.changes(from, this.#changesPerTurn)
      const part = { changes: changes.map((change) => new ParsedChange(change)), position }
      const isNear = ({ reached }: TailSubscription) => reached >= from && reached < position
      const others = [...this.#waiting.keys()].filter((one) => one !== longest && isNear(one))
      for (const one of [longest, ...others.slice(0, subscriptionsPerTurn - 1)]) this.#take(one)?.resolve(part)
    } catch (error) {
      this.#take(longest)?.reject(error)
    }
  }
}
