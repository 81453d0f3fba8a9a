import type { Clock } from '../platform/clock.ts'
import type { MessageQueue, OutgoingMessage } from './message-queue.ts'
import { groupOf, type TimedWork, type Work, type WorkMessage } from './work.ts'

/** Where work waits for a function. One queue per kind of function, chosen by the controller's name. */
export interface WorkQueues {
  /** The same work for the same cause within five minutes is taken once; of the same work in one call the last cause counts. */
  send(works: readonly CausedWork[]): Promise<void>
  /** `exact`: within a second; else it may take an eighth longer. What is due later than in an hour comes on the hour too. */
  sendLater(work: WorkMessage, delayMs: number, options?: { readonly exact?: boolean | undefined }): Promise<void>
  /** What timers bring back: what is due goes to its queue, the rest waits on. */
  fire(timed: readonly TimedWork[]): Promise<void>
  /** Work that nobody should try again by itself, and why. */
  bury(work: WorkMessage, reason: string): Promise<void>
}

export interface CausedWork {
  readonly work: WorkMessage
  /** a revision, or what else made the work necessary */
  readonly cause: string
}

export interface WorkQueuesOptions {
  /** FIFO */
  readonly queues: {
    readonly reconcile: MessageQueue
    readonly schedule: MessageQueue
    readonly place: MessageQueue
    readonly deadLetter: MessageQueue
  }
  /** a standard queue */
  readonly timers: MessageQueue
  readonly clock: Clock
}

/** Names of those whose work has a queue of its own. */
export const schedulerName = 'scheduler'
export const placementName = 'placement'
/** There is one scheduler, so that it packs coherently. */
export const schedulerWork: Work = { controller: schedulerName, key: 'cluster' }

/**
 * Clocks differ a little. Less than the shortest back-off: what fails after its key was fired too early would else fall due at the same
 * time, and the queue would take it for the same.
 */
const earlyMs = 250

/**
 * What is due later than in an hour is looked at on the hour, and asks again: each look at a key, and there is one an hour at least, leaves a
 * message that can't be taken back, and so they become one again.
 */
const hourMs = 3_600_000

/** SQS delays a message no longer. */
const maxDelayMs = 900_000

export const createWorkQueues = ({ queues, timers, clock }: WorkQueuesOptions): WorkQueues => {
  const queueOf = ({ controller }: Work): MessageQueue => {
    if (controller === schedulerName) return queues.schedule
    return controller === placementName ? queues.place : queues.reconcile
  }
  const send: WorkQueues['send'] = async (works) => {
    const folded = new Map(works.map((caused) => [groupOf(caused.work), caused]))
    const byQueue = Map.groupBy(folded, ([, { work }]) => queueOf(work))
    await Promise.all(byQueue.entries().map(([queue, some]) => queue.send(some.map(([, caused]) => causedMessage(caused)))))
  }
  const wait = (timed: readonly TimedWork[]): Promise<void> => {
    const now = clock.now()
    const messages = timed.map((body) => ({ body, delaySeconds: Math.min(maxDelayMs, Math.max(0, body.dueMs - now)) / 1000 }))
    return messages.length ? timers.send(messages) : Promise.resolve()
  }
  return {
    send,
    sendLater: (work, delayMs, { exact = false } = {}) => wait([{ ...work, dueMs: dueOf(clock.now(), delayMs, exact) }]),
    fire: async (timed) => {
      const soon = clock.now() + earlyMs
      const due = timed.filter(({ dueMs }) => dueMs <= soon)
      const works = due.map(({ dueMs, ...work }) => ({ work, cause: `due ${dueMs}` }))
      await Promise.all([send(works), wait(timed.filter(({ dueMs }) => dueMs > soon))])
    },
    bury: (work, reason) =>
      queues.deadLetter.send([
        { body: { ...work, reason }, group: groupOf(work), deduplicationId: `${groupOf(work)}@${clock.now()}` },
      ]),
  }
}

/** For a FIFO queue. */
export const causedMessage = ({ work, cause }: CausedWork): OutgoingMessage => {
  const group = groupOf(work)
  return { body: work, group, deduplicationId: `${group}@${cause}` }
}

const dueOf = (nowMs: number, delayMs: number, exact: boolean): number =>
  delayMs > hourMs ? (Math.floor(nowMs / hourMs) + 1) * hourMs : onGrid(nowMs + delayMs, exact ? 0 : delayMs)

/**
 * Work that asks to be looked at again does so at each of its runs. Due times on a grid fall together, and the queue takes one of
 * those, so that the number of timers of a key stays small whatever happens to it.
 */
const onGrid = (dueMs: number, delayMs: number): number => {
  const step = Math.max(1000, 2 ** Math.floor(Math.log2(Math.max(1, delayMs / 8))))
  return Math.ceil(dueMs / step) * step
}
