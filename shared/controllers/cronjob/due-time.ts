import type { CronJob } from '../../resources/resource.ts'

/** When a schedule is due next; undefined: never. All times are in milliseconds since the epoch. */
export type Next = (afterMs: number) => number | undefined

export interface Times {
  readonly next: Next
  readonly nowMs: number
  /** since when the schedule is what it is, where that is known */
  readonly changedMs?: number | undefined
}

export interface Due {
  /** the latest start that was due and is not known to be made */
  readonly atMs: number | undefined
  /** what it was looked for after */
  readonly sinceMs: number
  readonly missed: 'none' | 'few' | 'many'
}

/** Undefined: the times of the schedule do not tell of one another. */
export const latestDue = ({ metadata, spec, status }: CronJob, options: Times & { hasDeadline: boolean }): Due | undefined => {
  const { next, nowMs, changedMs = 0, hasDeadline } = options
  const { startingDeadlineSeconds } = spec
  const knownMs = Date.parse(status?.lastScheduleTime ?? metadata.creationTimestamp ?? '')
  const deadlineMs =
    hasDeadline && startingDeadlineSeconds !== undefined ? nowMs - Number(startingDeadlineSeconds) * 1000 : knownMs
  const sinceMs = Math.max(knownMs, deadlineMs, changedMs)
  const firstMs = next(sinceMs)
  const secondMs = firstMs === undefined ? undefined : next(firstMs)
  if (firstMs === undefined || secondMs === undefined) return undefined
  if (nowMs < firstMs) return { atMs: undefined, sinceMs, missed: 'none' }
  if (nowMs < secondMs) return { atMs: firstMs, sinceMs, missed: 'none' }
  const betweenMs = secondMs - firstMs
  const count = Math.floor((nowMs - firstMs) / betweenMs) + 1
  // As if they were even: from where the last but one would be then, each is looked at.
  let atMs: number | undefined
  for (let ms = next(firstMs + (count - 2) * betweenMs); ms !== undefined && ms <= nowMs; ms = next(ms)) atMs = ms
  return { atMs, sinceMs, missed: count > 100 ? 'many' : 'few' }
}

/** clocks differ a little */
const lateMs = 100

/** How long until the next start is due; undefined: it never is. */
export const untilNextMs = (cronJob: CronJob, { next, nowMs, changedMs }: Times): number | undefined => {
  const due = latestDue(cronJob, { next, nowMs, changedMs, hasDeadline: false })
  const afterMs = due === undefined ? nowMs : (due.atMs ?? (due.missed === 'none' ? due.sinceMs : nowMs))
  const nextMs = next(afterMs)
  return nextMs === undefined ? undefined : Math.max(0, nextMs + lateMs - nowMs)
}
