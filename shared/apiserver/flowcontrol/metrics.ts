import { Count, Histogram, type MetricFamily } from '../metrics/prometheus.ts'
import type { Limits } from './limits.ts'

/** upstream's words for why a request got no seat */
export type RejectReason = 'queue-full' | 'concurrency-limit' | 'time-out' | 'cancelled'

const seconds = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30]
const lengths = [0, 10, 25, 50, 100, 250, 500, 1000]
const prefix = 'apiserver_flowcontrol_'

/** What is counted of one FlowSchema's requests at one level. */
export interface FlowMeter {
  waits(seats: number, queueLength: number): void
  waitsNoMore(seats: number): void
  waited(ms: number, executes: boolean): void
  begins(seats: number): void
  /** `ms` of its execution; of a watch until it has begun */
  ends(seats: number, ms: number, type: 'regular' | 'watch'): void
  refused(reason: RejectReason): void
}

export interface FlowMetrics {
  readonly families: readonly MetricFamily[]
  meter(schema: string, level: string): FlowMeter
  limits(level: string, limits: Limits): void
  forget(level: string): void
}

/** Upstream's names, of this process. */
export const createFlowMetrics = (): FlowMetrics => {
  const count = (name: string, help: string) => new Count(`${prefix}${name}`, help)
  const gauge = (name: string, help: string) => new Count(`${prefix}${name}`, help, 'gauge')
  const rejected = count('rejected_requests_total', 'Number of requests rejected by API Priority and Fairness subsystem')
  const dispatched = count('dispatched_requests_total', 'Number of requests executed by API Priority and Fairness subsystem')
  const inQueue = gauge(
    'current_inqueue_requests',
    'Number of requests currently pending in queues of the API Priority and Fairness subsystem',
  )
  const inQueueSeats = gauge(
    'current_inqueue_seats',
    'Number of seats currently pending in queues of the API Priority and Fairness subsystem',
  )
  const executing = gauge(
    'current_executing_requests',
    'Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API Priority and Fairness subsystem',
  )
  const executingSeats = gauge(
    'current_executing_seats',
    'Concurrency (number of seats) occupied by the currently executing (initial stage for a WATCH, any stage otherwise) requests in the API Priority and Fairness subsystem',
  )
  const waitSeconds = new Histogram(
    `${prefix}request_wait_duration_seconds`,
    'Length of time a request spent waiting in its queue',
    seconds,
  )
  const executionSeconds = new Histogram(
    `${prefix}request_execution_seconds`,
    'Duration of initial stage (for a WATCH) or any (for a non-WATCH) stage of request execution in the API Priority and Fairness subsystem',
    seconds,
  )
  const queueLength = new Histogram(
    `${prefix}request_queue_length_after_enqueue`,
    'Length of queue in the API Priority and Fairness subsystem, as seen by each request after it is enqueued',
    lengths,
  )
  const nominal = gauge('nominal_limit_seats', 'Nominal number of execution seats configured for each priority level')
  const lower = gauge('lower_limit_seats', 'Configured lower bound on number of execution seats available to each priority level')
  const upper = gauge('upper_limit_seats', 'Configured upper bound on number of execution seats available to each priority level')
  return {
    families: [
      rejected,
      dispatched,
      inQueue,
      inQueueSeats,
      executing,
      executingSeats,
      waitSeconds,
      executionSeconds,
      queueLength,
      nominal,
      lower,
      upper,
    ],
    meter: (flow_schema, priority_level) => {
      const labels = { flow_schema, priority_level }
      const one = {
        dispatched: dispatched.of(labels),
        inQueue: inQueue.of(labels),
        inQueueSeats: inQueueSeats.of(labels),
        executing: executing.of(labels),
        executingSeats: executingSeats.of(labels),
        regular: executionSeconds.of({ ...labels, type: 'regular' }),
        watch: executionSeconds.of({ ...labels, type: 'watch' }),
        length: queueLength.of(labels),
      }
      return {
        waits: (seats, length) => {
          one.inQueue(1)
          one.inQueueSeats(seats)
          one.length(length)
        },
        waitsNoMore: (seats) => {
          one.inQueue(-1)
          one.inQueueSeats(-seats)
        },
        waited: (ms, executes) => waitSeconds.observe({ execute: String(executes), ...labels }, ms / 1000),
        begins: (seats) => {
          one.dispatched(1)
          one.executing(1)
          one.executingSeats(seats)
        },
        ends: (seats, ms, type) => {
          one.executing(-1)
          one.executingSeats(-seats)
          one[type](ms / 1000)
        },
        refused: (reason) => rejected.add({ ...labels, reason }),
      }
    },
    limits: (priority_level, limits) => {
      nominal.set({ priority_level }, limits.nominal)
      lower.set({ priority_level }, limits.lower)
      upper.set({ priority_level }, limits.upper)
    },
    forget: (priority_level) => {
      for (const family of [nominal, lower, upper]) family.delete({ priority_level })
    },
  }
}
