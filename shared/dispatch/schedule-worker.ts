import type { Cache } from '../client/cache.ts'
import type { EventSink } from '../controllers/event/event-recorder.ts'
import type { Clock } from '../platform/clock.ts'
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
  /** how long one batch may go on scheduling; default 20 s */
  readonly budgetMs?: number | undefined
}

/** A wait so short is not worth a timer. */
const shortMs = 250

/** One batch of messages is one reason to schedule, whatever they say. What is left over is put off. */
export const createScheduleWorker = (options: ScheduleWorkerOptions): BatchWorker => {
  const { scheduler, cache, tail, events, queues, clock, budgetMs = 20_000 } = options
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
  return async (messages) => {
    if (messages.length === 0) return []
    const endMs = clock.now() + budgetMs
    let delayMs: number | undefined
    do {
      if (delayMs) await clock.sleep(delayMs)
      await whenLoaded(cache, load)
      delayMs = await whenLoaded(cache, () => scheduler.run())
    } while (delayMs !== undefined && delayMs <= shortMs && clock.now() < endMs)
    if (delayMs !== undefined) await queues.sendLater(schedulerWork, Math.max(1000, delayMs))
    await events.flush()
    return []
  }
}
