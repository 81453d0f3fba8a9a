import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'
import type { Scheduler } from '../scheduler/scheduler.ts'
import type { LogTail } from '../storage/log-tail.ts'
import { followScheduler } from './follow-scheduler.ts'

export interface RunningScheduler {
  /** Resolves when the batch under way is carried out. */
  stop(): Promise<void>
}

/** Lets a scheduler follow the log's tail in this process. The cache it reads must listen to the tail before it does. */
export const startScheduler = async (options: {
  scheduler: Scheduler
  tail: Pick<LogTail, 'listen' | 'catchUp'>
  clock: Clock
  log: Logger
}): Promise<RunningScheduler> => {
  const { scheduler, tail, clock, log } = options
  let stopped = false
  let wake = new AbortController()
  let lost = true

  await tail.catchUp()
  const unlisten = followScheduler({
    scheduler,
    tail,
    changed: () => wake.abort(),
    lost: () => {
      lost = true
      wake.abort()
    },
  })
  const loop = async () => {
    while (!stopped) {
      // One for each wait: signals joined with a lasting one by AbortSignal.any pile up behind it.
      wake = new AbortController()
      let delayMs: number | undefined = 1000
      try {
        if (lost) {
          scheduler.load()
          lost = false
        }
        delayMs = await scheduler.run()
      } catch (error) {
        log.error('scheduling failed, will retry', { error })
      }
      if (!wake.signal.aborted) await clock.sleep(delayMs ?? 60_000, wake.signal)
    }
  }
  const looping = loop()
  return {
    stop: async () => {
      stopped = true
      wake.abort()
      unlisten()
      await looping
    },
  }
}
