/** What waits in a queue: so many seats of work, from `arrivedMs` on. */
export interface Waiting {
  readonly seats: number
  readonly arrivedMs: number
}

/** A queue that has been given `served` so far, in seat-milliseconds of a time that runs as fast as the fairest share. */
export interface FairQueue<T extends Waiting> {
  readonly waiting: Set<T>
  served: number
}

/** What a request is expected to take until it is known what it took. */
const expectedMs = 3

/**
 * Queues of a level that are served in turn: next is the one that was given the least, and no queue saves up what it did not use. After "Fair
 * Queuing for Server Requests", with start-time fair queuing for its clock.
 */
export class FairQueues<T extends Waiting> {
  readonly #lengthLimit: number
  readonly #queues = new Map<number, FairQueue<T>>()
  readonly #busy = new Set<FairQueue<T>>()
  #now = 0
  #turn = 0
  #length = 0

  constructor({ lengthLimit }: { lengthLimit: number }) {
    this.#lengthLimit = lengthLimit
  }

  get length(): number {
    return this.#length
  }

  /** Into the queue of the hand where the least waits; undefined: that is full, and the item need not be taken `always`. */
  add(item: T, hand: readonly number[], { always }: { always: boolean }): FairQueue<T> | undefined {
    const queue = this.#shortest(hand)
    if (queue.waiting.size >= this.#lengthLimit && !always) return undefined
    if (queue.waiting.size === 0) {
      queue.served = Math.max(queue.served, this.#now)
      this.#busy.add(queue)
    }
    queue.waiting.add(item)
    this.#length++
    return queue
  }

  /** The one whose turn it is, still waiting; of equals where the least waits. */
  first(): { readonly item: T; readonly queue: FairQueue<T> } | undefined {
    let found: { item: T; queue: FairQueue<T>; finish: number } | undefined
    for (const queue of this.#busy) {
      const [item] = queue.waiting
      if (!item) continue
      const finish = queue.served + item.seats * expectedMs
      const isSooner =
        !found || finish < found.finish || (finish === found.finish && queue.waiting.size < found.queue.waiting.size)
      if (isSooner) found = { item, queue, finish }
    }
    return found
  }

  take(item: T, queue: FairQueue<T>): void {
    this.remove(item, queue)
    if (this.#busy.delete(queue)) this.#busy.add(queue)
    this.#now = Math.max(this.#now, queue.served)
    queue.served += item.seats * expectedMs
  }

  /** What it took in fact counts for its queue. */
  finished(seats: number, queue: FairQueue<T>, tookMs: number): void {
    queue.served = Math.max(queue.served + seats * (tookMs - expectedMs), this.#now)
  }

  remove(item: T, queue: FairQueue<T>): void {
    if (!queue.waiting.delete(item)) return
    this.#length--
    if (queue.waiting.size === 0) this.#busy.delete(queue)
  }

  *items(): Iterable<{ readonly item: T; readonly queue: FairQueue<T> }> {
    for (const queue of this.#busy) for (const item of queue.waiting) yield { item, queue }
  }

  #shortest(hand: readonly number[]): FairQueue<T> {
    const offset = this.#turn++
    let best: FairQueue<T> | undefined
    for (let i = 0; i < hand.length; i++) {
      const queue = this.#at(hand[(offset + i) % hand.length]!)
      if (!best || queue.waiting.size < best.waiting.size) best = queue
    }
    return best!
  }

  #at(number: number): FairQueue<T> {
    const known = this.#queues.get(number)
    if (known) return known
    const made = { waiting: new Set<T>(), served: 0 }
    this.#queues.set(number, made)
    return made
  }
}
