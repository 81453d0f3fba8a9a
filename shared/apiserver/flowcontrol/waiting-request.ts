import type { FairQueue, Waiting } from './fair-queues.ts'
import type { FlowMeter, RejectReason } from './metrics.ts'

/** What became of a request that waited; `again`: the configuration is another one, ask anew. */
export type Decision = 'seated' | 'again' | RejectReason

export interface WaitingRequest extends Waiting {
  /** the queues of its flow */
  readonly hand: readonly number[]
  /** how much work it is, in seats that it would take if it could */
  readonly cost: number
  /** who waits for it has gone */
  readonly isGone: () => boolean
  readonly meter: FlowMeter
  readonly decide: (decision: Decision, queue?: FairQueue<WaitingRequest>) => void
}
