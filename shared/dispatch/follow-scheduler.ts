import { type Scheduler, schedulerResources } from '../scheduler/scheduler.ts'
import type { LogTail } from '../storage/log-tail.ts'

/**
 * Tells a scheduler of every change, and the caller of changes that were lost. The cache it reads must listen to the tail
 * before it does. Answers how to stop.
 */
export const followScheduler = (options: {
  scheduler: Scheduler
  tail: Pick<LogTail, 'listen'>
  /** there is something new */
  changed: () => void
  /** what the scheduler knows is worth nothing any more */
  lost: () => void
}): (() => void) => {
  const { scheduler, tail, changed, lost } = options
  return tail.listen({
    changes: (changes) => {
      for (const change of changes) {
        const { resource } = change.key
        // Before anything is parsed.
        if (!schedulerResources.has(resource)) continue
        const after =
          change.type === 'deleted'
            ? { object: undefined, previous: change.object }
            : { object: change.object, previous: change.previousObject }
        scheduler.observe({ resource, ...after })
        changed()
      }
    },
    reset: lost,
  })
}
