import type { FairQueue } from './fair-queues.ts'
import type { Level } from './level.ts'
import type { Decision, WaitingRequest } from './waiting-request.ts'

interface Place {
  readonly item: WaitingRequest
  readonly queue: FairQueue<WaitingRequest>
}

/**
 * How much work begins in one turn of the event loop: in between, whoever else has come is heard. A read ends in the very step in which it begins;
 * without this bound, hundreds that one client sent together were answered before anybody else was listened to.
 */
const costPerTurn = 2

/**
 * The seats of all levels of one process. A level that wants more than its share borrows what others lend and do not use now; what they lent
 * comes back with the next requests that end. Nobody takes what another has kept to itself.
 */
export class Seats {
  readonly #maxWaitMs: number
  readonly #nowMs: () => number
  #levels: readonly Level[] = []
  #total = 0
  #waiting = 0
  /** what has begun in this turn */
  #spent = 0
  #turn: NodeJS.Immediate | undefined
  #sweep: NodeJS.Timeout | undefined

  constructor({ maxWaitMs, nowMs }: { maxWaitMs: number; nowMs: () => number }) {
    this.#maxWaitMs = maxWaitMs
    this.#nowMs = nowMs
  }

  /** Whoever waits in a level that is none of these is told to ask again. */
  configure(levels: readonly Level[]): void {
    const gone = this.#levels.filter((level) => !levels.includes(level))
    this.#levels = levels.filter(({ isExempt }) => !isExempt)
    this.#total = this.#levels.reduce((sum, { limits }) => sum + limits.nominal, 0)
    for (const level of gone)
      for (const { item, queue } of [...(level.queues?.items() ?? [])]) this.#leave(level, { item, queue }, 'again')
    this.#wake()
  }

  /** Whether there is a seat right now, without overtaking who waits; then it is taken. */
  take(level: Level, seats: number, cost: number): boolean {
    const { queues } = level
    if (queues && (queues.length > 0 || this.#spent >= costPerTurn)) return false
    if (!this.#fits(level, seats)) return false
    level.seatsInUse += seats
    this.#spent += cost
    this.#wake()
    return true
  }

  free(level: Level, seats: number): void {
    level.seatsInUse -= seats
    if (this.#waiting > 0) this.#wake()
  }

  /** Whether there was room in a queue. `always`: it was served before, and is not refused in the middle. */
  wait(level: Level, item: WaitingRequest, { always }: { always: boolean }): boolean {
    const queue = level.queues?.add(item, item.hand, { always })
    if (!queue) return false
    this.#waiting++
    item.meter.waits(item.seats, queue.waiting.size)
    this.#sweep ??= setTimeout(() => this.#refuseLate(), this.#maxWaitMs)
    this.#wake()
    return true
  }

  #leave(level: Level, { item, queue }: Place, decision: Decision): void {
    if (!queue.waiting.has(item)) return
    level.queues?.remove(item, queue)
    this.#waiting--
    item.meter.waitsNoMore(item.seats)
    item.decide(decision)
  }

  #wake(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined
      this.#spent = 0
      while (this.#spent < costPerTurn) {
        const begun = this.#begin()
        if (begun === 0) return
        this.#spent += begun
      }
      if (this.#waiting > 0) this.#wake()
    })
  }

  /** The next request of the level that has the least of its share; its cost, or 0 when there is none. */
  #begin(): number {
    let best: (Place & { readonly level: Level; readonly used: number }) | undefined
    for (const level of this.#levels) {
      const first = level.queues && level.queues.length > 0 ? level.queues.first() : undefined
      if (!first || !this.#fits(level, first.item.seats)) continue
      const used = level.seatsInUse / Math.max(level.limits.nominal, 1)
      if (!best || used < best.used) best = { ...first, level, used }
    }
    if (!best) return 0
    const { level, item, queue } = best
    if (item.isGone()) {
      this.#leave(level, { item, queue }, 'cancelled')
      return this.#begin()
    }
    level.queues?.take(item, queue)
    level.seatsInUse += item.seats
    this.#waiting--
    item.meter.waitsNoMore(item.seats)
    item.decide('seated', queue)
    return item.cost
  }

  #fits(level: Level, seats: number): boolean {
    const { lower, upper } = level.limits
    const wanted = level.seatsInUse + seats
    if (wanted <= lower) return true
    if (wanted > upper) return false
    let taken = wanted
    for (const other of this.#levels) if (other !== level) taken += Math.max(other.seatsInUse, other.limits.lower)
    // A level that has a share at all is never without one seat.
    return taken <= this.#total || (level.seatsInUse === 0 && level.limits.nominal > 0)
  }

  #refuseLate(): void {
    this.#sweep = undefined
    const late = this.#nowMs() - this.#maxWaitMs
    let oldest = Number.POSITIVE_INFINITY
    for (const level of this.#levels)
      for (const place of [...(level.queues?.items() ?? [])]) {
        if (place.item.arrivedMs <= late) this.#leave(level, place, 'time-out')
        else oldest = Math.min(oldest, place.item.arrivedMs)
      }
    if (oldest < Number.POSITIVE_INFINITY) this.#sweep = setTimeout(() => this.#refuseLate(), oldest - late)
  }
}
