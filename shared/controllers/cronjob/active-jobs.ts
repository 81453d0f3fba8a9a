import { timestamp } from '../../platform/clock.ts'
import type { CronJobStatus } from '../../resources/generated/types.ts'
import type { Job } from '../../resources/resource.ts'
import { finishedCondition } from '../job/condition.ts'
import { referenceTo, scheduledMsOf } from './job-of.ts'

export interface Noticed {
  readonly status: CronJobStatus
  /** Jobs that have ended since, and how */
  readonly ended: readonly { readonly job: Job; readonly type: string }[]
  /** unfinished ones that somebody else made */
  readonly unexpected: readonly Job[]
  /** names of those that were active and are gone */
  readonly missing: readonly string[]
}

/** What has become of the Jobs that a CronJob's status calls active. */
export const noticeJobs = (status: CronJobStatus, jobs: readonly Job[]): Noticed => {
  const active = status.active ?? []
  const isKnown = ({ metadata }: Job) => active.some(({ uid }) => uid === metadata.uid)
  const finished = jobs.flatMap((job) => {
    const type = finishedCondition(job.status)?.type
    return type === undefined ? [] : [{ job, type }]
  })
  const byUid = new Set(jobs.map(({ metadata }) => metadata.uid))
  const ended = finished.filter(({ job }) => isKnown(job))
  const gone = active.filter(({ uid }) => !byUid.has(uid))
  const others = jobs.filter((job) => !isKnown(job) && !finishedCondition(job.status))
  // A run may have died before it wrote down what it made.
  const forgotten = others.filter((job) => scheduledTimeOf(job) !== undefined)
  const lastScheduleTime = latest([status.lastScheduleTime, ...forgotten.map(scheduledTimeOf)])
  const isOver = new Set([...ended.map(({ job }) => job.metadata.uid), ...gone.map(({ uid }) => uid)])
  const successes = finished.map(({ job, type }) => (type === 'Complete' ? job.status?.completionTime : undefined))
  const lastSuccessfulTime = latest([status.lastSuccessfulTime, ...successes])
  return {
    status: {
      ...status,
      active: [...active.filter(({ uid }) => !isOver.has(uid)), ...forgotten.map(referenceTo)],
      ...(lastScheduleTime && { lastScheduleTime }),
      ...(lastSuccessfulTime && { lastSuccessfulTime }),
    },
    ended,
    unexpected: others.filter((job) => !forgotten.includes(job)),
    missing: gone.map(({ name = '' }) => name),
  }
}

const scheduledTimeOf = (job: Job): string | undefined => {
  const ms = scheduledMsOf(job)
  return ms === undefined ? undefined : timestamp(ms)
}

const latest = (times: readonly (string | undefined)[]): string | undefined =>
  times
    .filter((time) => time !== undefined)
    .sort()
    .at(-1)
