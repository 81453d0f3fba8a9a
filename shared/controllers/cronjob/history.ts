import type { CronJob, Job } from '../../resources/resource.ts'
import { finishedCondition } from '../job/condition.ts'

/** Finished Jobs beyond those that are to be kept, the oldest first. */
export const beyondHistory = ({ spec }: CronJob, jobs: readonly Job[]): Job[] => [
  ...oldest(jobs, 'Complete', spec.successfulJobsHistoryLimit),
  ...oldest(jobs, 'Failed', spec.failedJobsHistoryLimit),
]

const oldest = (jobs: readonly Job[], type: string, kept: number | undefined): Job[] => {
  if (kept === undefined) return []
  const ended = jobs.filter(({ status }) => finishedCondition(status)?.type === type)
  return ended.sort(byStart).slice(0, Math.max(0, ended.length - kept))
}

/** What never started comes last. */
const startOf = ({ status }: Job) => status?.startTime ?? '~'

const byStart = (a: Job, b: Job): number =>
  startOf(a) === startOf(b) ? (a.metadata.name < b.metadata.name ? -1 : 1) : startOf(a) < startOf(b) ? -1 : 1
