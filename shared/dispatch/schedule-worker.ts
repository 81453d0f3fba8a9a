import type { Cache } from '../client/cache.ts'
import type { EventSink } from '../controllers/event/event-recorder.ts'
import type { Clock } from '../platform/clock.ts'
import { OutOfTime, openDeadline } from '../platform/deadline.ts'
import type { Logger } from '../platform/log.ts'
import { schedulerWork, type WorkQueues } from '../queue/work-queues.ts'
import type { Scheduler } from '../scheduler/scheduler.ts'
import type { LogTail } from '../storage/log-tail.ts'
import { whenLoaded } from '../storage/when-loaded.ts'
import type { BatchWorker } from './batch-worker.ts'
import { followScheduler } from './follow-scheduler.ts'

export interface ScheduleWorkerOptions {
  readonly scheduler: Scheduler
  /** the one that the scheduler reads */
  readonly cache: Cache
  readonly tail: Pick<LogTail, 'listen'>
  readonly events: EventSink
  readonly queues: WorkQueues
  readonly clock: Clock
  readonly log: Logger
  /** how long one batch may go on scheduling; default 20 s */
  readonly budgetMs?: number | undefined
}

/** A wait so short is not worth a timer. */
const shortMs = 250

/** One batch of messages is one reason to schedule, whatever they say. What is left over is put off. */
export const createScheduleWorker = (options: ScheduleWorkerOptions): BatchWorker => {
  const { scheduler, cache, tail, events, queues, clock, log, budgetMs = 20_000 } = options
  let lost = true
  followScheduler({
    scheduler,
    tail,
    changed: () => undefined,
    lost: () => {
      lost = true
    },
  })
  const load = () => {
    if (lost) scheduler.load()
    lost = false
  }
  let running: Promise<number | undefined> | undefined
  /** A run that the batch before was too short for goes on in this one. */
  const run = () => {
    running ??= whenLoaded(cache, load)
      .then(() => whenLoaded(cache, () => scheduler.run()))
      .finally(() => {
        running = undefined
      })
    return running
  }
  return async (messages, withinMs = Number.POSITIVE_INFINITY) => {
    if (messages.length === 0) return []
    const endMs = clock.now() + budgetMs
    const deadline = openDeadline(withinMs)
    let delayMs: number | undefined
    try {
      do {
        if (delayMs) await clock.sleep(delayMs)
        delayMs = await deadline.meet(run())
      } while (delayMs !== undefined && delayMs <= shortMs && clock.now() < endMs)
    } catch (error) {
      if (!(error instanceof OutOfTime)) throw error
      log.warn('scheduling was not done in time, and goes on', { error })
      delayMs = 0
    } finally {
      deadline.close()
    }
    if (delayMs !== undefined) await queues.sendLater(schedulerWork, Math.max(1000, delayMs))
    await events.flush()
    return []
  }
}
