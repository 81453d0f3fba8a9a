import { Duration } from 'aws-cdk-lib'
import type { IGrantable } from 'aws-cdk-lib/aws-iam'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import {
  DeduplicationScope,
  FifoThroughputLimit,
  type IQueue,
  Queue,
  QueueEncryption,
  type QueueProps,
} from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { FunctionName } from '../../functions/wiring/variables.ts'
import { functionTable } from './function-table.ts'

const kept = Duration.days(14)
/** A message that was handed out so often is not handed out again. */
const maxReceiveCount = 5

/** The queues between functions. Work that fails for good ends in one of two queues, whose alarms somebody should see. */
export class WorkQueues extends Construct {
  readonly reconcile: Queue
  readonly schedule: Queue
  readonly place: Queue
  readonly timers: Queue
  readonly heartbeats: Queue
  /** FIFO: work on keys */
  readonly deadLetters: Queue
  /** timers, heartbeats, events and stream records */
  readonly strayLetters: Queue

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.deadLetters = this.#queue('DeadLetters', { fifo: true, retentionPeriod: kept })
    this.strayLetters = this.#queue('StrayLetters', { retentionPeriod: kept })
    this.reconcile = this.#workQueue('Reconcile', 'reconcile')
    this.schedule = this.#workQueue('Schedule', 'schedule')
    this.place = this.#workQueue('Place', 'place')
    this.timers = this.#queue('Timers', { ...consumedBy('clock'), ...failuresTo(this.strayLetters) })
    this.heartbeats = this.#queue('Heartbeats', {
      ...consumedBy('heartbeat'),
      ...failuresTo(this.strayLetters),
      // An old one says nothing.
      retentionPeriod: Duration.minutes(5),
    })
  }

  /** To put work on keys into any of the queues, now or later, and to bury it. */
  grantSend(grantee: IGrantable): void {
    for (const queue of [this.reconcile, this.schedule, this.place, this.timers, this.deadLetters]) {
      queue.grantSendMessages(grantee)
    }
  }

  #workQueue(id: string, consumer: FunctionName): Queue {
    return this.#queue(id, {
      ...consumedBy(consumer),
      ...failuresTo(this.deadLetters),
      fifo: true,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
    })
  }

  #queue(id: string, props: QueueProps): Queue {
    return new Queue(this, id, { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, ...props })
  }
}

/**
 * A batch whose process died stays hidden so much longer than the process could have lived, and its keys wait. Lambda's guide asks for
 * six times the time-out, for batches that wait while the function is throttled; work here may be done twice, but should not be late.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const hiddenLongerSeconds = 30
const consumedBy = (name: FunctionName): QueueProps => ({
  visibilityTimeout: Duration.seconds(functionTable[name].timeoutSeconds + hiddenLongerSeconds),
})
const failuresTo = (queue: IQueue): QueueProps => ({ deadLetterQueue: { queue, maxReceiveCount } })

export interface TriggerOptions {
  /** how many of the function's processes this queue may keep busy; @default no limit of its own */
  readonly maxConcurrency?: number
  /** waits so long for more of them, which a FIFO queue does not; @default not at all */
  readonly maxBatchingWindow?: Duration
  /** @default 10, the most that a FIFO queue gives */
  readonly batchSize?: number
}

/** A message that is named in the answer comes again, the others are done. */
export const trigger = (queue: IQueue, options: TriggerOptions = {}): SqsEventSource =>
  new SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true, ...options })
