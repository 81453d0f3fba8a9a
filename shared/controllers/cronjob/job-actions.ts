import { isReason } from '../../meta/status.ts'
import type { CronJobStatus } from '../../resources/generated/types.ts'
import { type CronJob, type Job, jobs } from '../../resources/resource.ts'
import type { ReconcileContext } from '../controller.ts'
import { isControlledBy } from '../owner.ts'

/** The Job, made now or by a run before; undefined: the name is another's. */
export const makeJob = async (
  cronJob: CronJob,
  job: Job,
  { client, events }: ReconcileContext,
): Promise<{ job?: Job | undefined; error?: unknown }> => {
  try {
    const made = await client.create(jobs, job)
    await events.record(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${made.metadata.name}`)
    return { job: made }
  } catch (error) {
    if (isReason(error, 'AlreadyExists')) {
      const known = await client.get(jobs, job.metadata.namespace ?? '', job.metadata.name)
      return { job: isControlledBy(known, cronJob) ? known : undefined }
    }
    await events.record(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${textOf(error)}`)
    return { error }
  }
}

/** Deletes what still runs, as far as it can. */
export const replaceActive = async (
  cronJob: CronJob,
  status: CronJobStatus,
  context: ReconcileContext,
): Promise<{ status: CronJobStatus; error?: unknown }> => {
  for (const { name = '', uid = '' } of status.active ?? []) {
    const error = await deleteJob(cronJob, { name, uid }, context)
    if (error !== undefined) return { status, error }
  }
  return { status: { ...status, active: [] } }
}

/** Answers why it could not, if so; one that is gone is deleted. */
export const deleteJob = async (
  cronJob: CronJob,
  { name, uid = '' }: { name: string; uid?: string | undefined },
  { client, events }: ReconcileContext,
): Promise<unknown> => {
  try {
    const options = { propagationPolicy: 'Background', preconditions: { uid } } as const
    await client.delete(jobs, cronJob.metadata.namespace ?? '', name, options)
    await events.record(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`)
    return undefined
  } catch (error) {
    if (isReason(error, 'NotFound')) return undefined
    await events.record(cronJob, 'Warning', 'FailedDelete', `Deleted job: ${textOf(error)}`)
    return error
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
