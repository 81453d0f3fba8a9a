import { ApiError } from '../../meta/status.ts'
import type { FairQueue } from './fair-queues.ts'
import type { Flow } from './flow.ts'
import type { Seats } from './seats.ts'
import type { Decision, WaitingRequest } from './waiting-request.ts'

/** What a request holds while it is worked on. */
export interface Seat {
  /** Gives it to others as long as `work` waits for the client, and waits for another then. Throws ApiError TooManyRequests when none comes. */
  without<T>(work: () => Promise<T>): Promise<T>
  /** Once; more does nothing. */
  end(): void
}

export interface Turn {
  readonly decision: Decision
  readonly queue: FairQueue<WaitingRequest> | undefined
}

export interface SeatOptions {
  readonly flow: Flow
  /** taken already */
  readonly width: number
  readonly cost: number
  readonly type: 'regular' | 'watch'
  /** where the request waited for it */
  readonly queue: FairQueue<WaitingRequest> | undefined
  readonly seats: Seats
  readonly nowMs: () => number
  /** waits for another */
  readonly turn: () => Promise<Turn>
}

export const tooManyRequests = () =>
  new ApiError('TooManyRequests', 'Too many requests, please try again later.', { details: { retryAfterSeconds: 1 } })

export class HeldSeat implements Seat {
  readonly #options: SeatOptions
  #queue: FairQueue<WaitingRequest> | undefined
  #sinceMs: number
  #tookMs = 0
  #held = true
  #ended = false

  constructor(options: SeatOptions) {
    this.#options = options
    this.#queue = options.queue
    this.#sinceMs = options.nowMs()
    options.flow.meter.begins(options.width)
  }

  async without<T>(work: () => Promise<T>): Promise<T> {
    const { width, cost, seats, flow, turn, nowMs } = this.#options
    if (width === 0) return work()
    this.#stand()
    const result = await work()
    if (this.#ended) return result
    this.#queue = undefined
    if (!seats.take(flow.level, width, cost)) {
      const { decision, queue } = await turn()
      if (decision !== 'seated') throw tooManyRequests()
      this.#queue = queue
    }
    this.#held = true
    this.#sinceMs = nowMs()
    return result
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#stand()
    const { flow, width, type } = this.#options
    flow.meter.ends(width, this.#tookMs, type)
  }

  #stand(): void {
    if (!this.#held) return
    this.#held = false
    const { seats, flow, width, nowMs } = this.#options
    const tookMs = nowMs() - this.#sinceMs
    this.#tookMs += tookMs
    if (this.#queue) flow.level.queues?.finished(width, this.#queue, tookMs)
    if (width > 0) seats.free(flow.level, width)
  }
}
