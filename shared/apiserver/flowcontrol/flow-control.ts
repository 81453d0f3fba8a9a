import { resourceName } from '../../meta/object.ts'
import type { LogTail } from '../../storage/log-tail.ts'
import type { Store } from '../../storage/store.ts'
import { createStoreCache } from '../../storage/store-cache.ts'
import type { MetricFamily } from '../metrics/prometheus.ts'
import type { User } from '../request.ts'
import type { RequestInfo } from '../router.ts'
import { configurationOf, type FlowControlConfiguration, flowControlResources } from './configuration.ts'
import type { FairQueue } from './fair-queues.ts'
import { Flow } from './flow.ts'
import { Level } from './level.ts'
import { limitsOf } from './limits.ts'
import { createFlowMetrics, type RejectReason } from './metrics.ts'
import { HeldSeat, type Seat, type Turn } from './seat.ts'
import { Seats } from './seats.ts'
import type { WaitingRequest } from './waiting-request.ts'

export interface FlowRequest {
  readonly user: User
  readonly info: RequestInfo
  /** how many seats it would take if it could */
  readonly width: number
  /** whom it is for has gone; asked only of what had to wait */
  readonly isGone: () => boolean
}

/** A request's flow, and its seat; undefined: it is refused. */
export interface Entry {
  readonly headers: Readonly<Record<string, string>>
  readonly seat: Seat | undefined
}

/**
 * Priority and fairness: gives requests their seats, so many at once, and has others wait in the queues of their flow or refuses them.
 * https://kubernetes.io/docs/concepts/cluster-administration/flow-control/
 */
export interface FlowControl {
  /** A promise only of who has to wait. */
  enter(request: FlowRequest): Entry | Promise<Entry>
  /** Counts a request that is refused for another reason than seats; returns its answer's headers. */
  refuse(request: Pick<FlowRequest, 'user' | 'info'>): Entry['headers']
  readonly metrics: readonly MetricFamily[]
  close(): void
}

export interface FlowControlOptions {
  readonly store: Store
  readonly logTail: LogTail
  /** what all levels share of this process */
  readonly totalSeats: number
  /** how long a request may wait for its seat; default 15 s, a quarter of what upstream gives a request in all */
  readonly maxWaitMs?: number | undefined
  /** runs on; default performance.now */
  readonly nowMs?: (() => number) | undefined
}

const resources: ReadonlySet<string> = new Set(flowControlResources.map(({ group, resource }) => resourceName(group, resource)))

/** Follows the objects by the log: compiled anew by the first request after one of them changed. */
export const openFlowControl = async (options: FlowControlOptions): Promise<FlowControl> => {
  const { store, logTail: tail } = options
  const cache = await createStoreCache({ store, tail, resources: flowControlResources })
  const room = new FlowRoom(options)
  let stale = true
  const stop = tail.listen({
    changes: (changes) => {
      stale ||= changes.some(({ key }) => resources.has(key.resource))
    },
    reset: () => {
      stale = true
    },
  })
  const current = () => {
    if (stale) {
      stale = false
      room.configure(configurationOf(cache))
    }
    return room
  }
  return {
    enter: (request) => current().enter(request),
    refuse: (request) => current().refuse(request),
    metrics: room.metrics.families,
    close: () => {
      stop()
      cache.close()
    },
  }
}

/** A write is some times the work of a read. */
const costOf = ({ width, info: { verb } }: FlowRequest) =>
  verb === 'get' || verb === 'list' || verb === 'watch' ? width : width * 2

interface Waited extends Turn {
  /** undefined: it was not let in to wait */
  readonly waitedMs: number | undefined
}

class FlowRoom {
  readonly metrics = createFlowMetrics()
  readonly #totalSeats: number
  readonly #nowMs: () => number
  readonly #seats: Seats
  #levels: readonly Level[] = []
  #flows: readonly Flow[] = []

  constructor({
    totalSeats,
    maxWaitMs = 15_000,
    nowMs = () => performance.now(),
  }: Omit<FlowControlOptions, 'store' | 'logTail'>) {
    this.#totalSeats = totalSeats
    this.#nowMs = nowMs
    this.#seats = new Seats({ maxWaitMs, nowMs })
  }

  configure({ levels, schemas }: FlowControlConfiguration): void {
    const limits = limitsOf(levels, this.#totalSeats)
    const made = new Map(
      levels.map((object) => {
        const { name } = object.metadata
        const own = limits.get(name)!
        const level = this.#levels.find((one) => one.isStill(object)) ?? new Level(object, own)
        level.limits = own
        this.metrics.limits(name, own)
        return [name, level]
      }),
    )
    for (const { name } of this.#levels) if (!made.has(name)) this.metrics.forget(name)
    this.#levels = [...made.values()]
    this.#flows = schemas.map((schema) => {
      const level = made.get(schema.spec.priorityLevelConfiguration.name)!
      return new Flow(schema, level, this.metrics.meter(schema.metadata.name, level.name))
    })
    this.#seats.configure(this.#levels)
  }

  enter(request: FlowRequest): Entry | Promise<Entry> {
    const flow = this.#flowOf(request)
    const { level, headers } = flow
    const seats = level.isExempt ? 0 : Math.min(request.width, level.limits.widest)
    if (seats === 0 || this.#seats.take(level, seats, costOf(request))) return { headers, seat: this.#seat(flow, seats, request) }
    if (!level.queues) return this.#refuse(flow, 'concurrency-limit')
    return this.#wait(flow, seats, request)
  }

  refuse(request: Pick<FlowRequest, 'user' | 'info'>): Entry['headers'] {
    return this.#refuse(this.#flowOf(request), 'concurrency-limit').headers
  }

  #flowOf({ user, info }: Pick<FlowRequest, 'user' | 'info'>): Flow {
    for (const flow of this.#flows) if (flow.matches(user, info)) return flow
    return this.#flows.at(-1)!
  }

  async #wait(flow: Flow, seats: number, request: FlowRequest): Promise<Entry> {
    const { decision, queue, waitedMs } = await this.#turn(flow, seats, { ...request, always: false })
    if (decision === 'again') return this.enter(request)
    if (waitedMs !== undefined) flow.meter.waited(waitedMs, decision === 'seated')
    if (decision !== 'seated') return this.#refuse(flow, decision)
    return { headers: flow.headers, seat: this.#seat(flow, seats, request, queue) }
  }

  /** Resolves when it is decided what becomes of the request. */
  #turn(flow: Flow, seats: number, request: FlowRequest & { readonly always: boolean }): Promise<Waited> {
    const { user, info, always, isGone } = request
    const arrivedMs = this.#nowMs()
    return new Promise((resolve) => {
      const item: WaitingRequest = {
        seats,
        cost: costOf(request),
        arrivedMs,
        isGone,
        hand: flow.hand(flow.distinguisher(user, info)),
        meter: flow.meter,
        decide: (decision, queue) => resolve({ decision, queue, waitedMs: this.#nowMs() - arrivedMs }),
      }
      if (!this.#seats.wait(flow.level, item, { always }))
        resolve({ decision: 'queue-full', queue: undefined, waitedMs: undefined })
    })
  }

  #refuse(flow: Flow, reason: RejectReason): Entry {
    flow.meter.refused(reason)
    return { headers: flow.headers, seat: undefined }
  }

  #seat(flow: Flow, width: number, request: FlowRequest, queue?: FairQueue<WaitingRequest>): Seat {
    return new HeldSeat({
      flow,
      width,
      queue,
      type: request.info.verb === 'watch' ? 'watch' : 'regular',
      seats: this.#seats,
      nowMs: this.#nowMs,
      cost: costOf(request),
      turn: () => this.#turn(flow, width, { ...request, always: true }),
    })
  }
}
