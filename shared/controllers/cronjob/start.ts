import { timestamp } from '../../platform/clock.ts'
import { parseSchedule } from '../../resources/batch/schedule.ts'
import { nextTime } from '../../resources/batch/schedule-next.ts'
import { locationError } from '../../resources/batch/time-zone.ts'
import type { CronJobStatus } from '../../resources/generated/types.ts'
import type { CronJob } from '../../resources/resource.ts'
import type { ReconcileContext } from '../controller.ts'
import { latestDue, type Next, untilNextMs } from './due-time.ts'
import { makeJob, replaceActive } from './job-actions.ts'
import { jobFor, jobNameFor, referenceTo } from './job-of.ts'

export interface Started {
  readonly status: CronJobStatus
  /** in milliseconds; undefined: nothing will be due by itself */
  readonly againMs?: number | undefined
  readonly error?: unknown
}

export interface StartContext extends ReconcileContext {
  /** what was due before is not made up for */
  readonly changedMs: number | undefined
}

/** Makes the Job that is due, if any. */
export const startDue = async (cronJob: CronJob, status: CronJobStatus, context: StartContext): Promise<Started> => {
  const { metadata, spec } = cronJob
  if (metadata.deletionTimestamp) return { status }
  const warn = (reason: string, message: string) => context.events.record(cronJob, 'Warning', reason, message)
  const wrongZone = spec.timeZone === undefined ? undefined : locationError(spec.timeZone)
  if (wrongZone) {
    await warn('UnknownTimeZone', `invalid timeZone: ${JSON.stringify(spec.timeZone)}: ${wrongZone}`)
    return { status }
  }
  if (spec.suspend) return { status }
  if (spec.schedule.includes('TZ')) await warn('UnsupportedSchedule', zoneInSchedule(spec.schedule))
  const schedule = parseSchedule(spec.schedule)
  if ('error' in schedule) {
    await warn('UnparseableSchedule', `unparseable schedule: ${JSON.stringify(spec.schedule)} : ${schedule.error}`)
    return { status }
  }
  const next: Next = (afterMs) => nextTime(schedule, afterMs, spec.timeZone ?? '')
  const nowMs = context.clock.now()
  const { changedMs } = context
  const due = latestDue({ ...cronJob, status }, { next, nowMs, changedMs, hasDeadline: true })
  if (!due) {
    const reason = 'time difference between two schedules is less than 1 second'
    await warn('InvalidSchedule', `invalid schedule: ${spec.schedule} : ${reason}`)
    return { status }
  }
  const later = (after: CronJobStatus): Started => ({
    status: after,
    againMs: untilNextMs({ ...cronJob, status: after }, { next, nowMs, changedMs }),
  })
  if (due.atMs === undefined) return later(status)
  if (due.missed === 'many') await warn('TooManyMissedTimes', tooMany)
  if (isTooLate(cronJob, due.atMs, nowMs)) {
    const text = new Date(due.atMs).toUTCString().replace('GMT', '+0000')
    await warn('MissSchedule', `Missed scheduled time to start a job: ${text}`)
    return later(status)
  }
  if (isStarted(cronJob, status, due.atMs)) return later(status)
  if (spec.concurrencyPolicy === 'Forbid' && (status.active ?? []).length > 0) {
    const text = 'Not starting job because prior execution is running and concurrency policy is Forbid'
    await context.events.record(cronJob, 'Normal', 'JobAlreadyActive', text)
    return later(status)
  }
  const replaced = spec.concurrencyPolicy === 'Replace' ? await replaceActive(cronJob, status, context) : { status }
  if (replaced.error !== undefined) return replaced
  const made = await makeJob(cronJob, jobFor(cronJob, due.atMs), context)
  if (made.error !== undefined) return { status: replaced.status, error: made.error }
  // Somebody else's has the name.
  if (!made.job) return later(replaced.status)
  const active = [...(replaced.status.active ?? []), referenceTo(made.job)]
  return later({ ...replaced.status, active, lastScheduleTime: timestamp(due.atMs) })
}

const tooMany = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew'

const zoneInSchedule = (schedule: string) =>
  `CRON_TZ or TZ used in schedule ${JSON.stringify(schedule)} is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details`

const isTooLate = ({ spec }: CronJob, atMs: number, nowMs: number): boolean =>
  spec.startingDeadlineSeconds !== undefined && atMs + Number(spec.startingDeadlineSeconds) * 1000 < nowMs

const isStarted = (cronJob: CronJob, { active, lastScheduleTime }: CronJobStatus, atMs: number): boolean =>
  (lastScheduleTime !== undefined && Date.parse(lastScheduleTime) === atMs) ||
  (active ?? []).some(({ name }) => name === jobNameFor(cronJob, atMs))
