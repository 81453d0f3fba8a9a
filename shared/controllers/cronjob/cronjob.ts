import type { CronJobStatus } from '../../resources/generated/types.ts'
import { type CronJob, cronJobs, type Job, jobs } from '../../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from '../controller.ts'
import { finishedCondition } from '../job/condition.ts'
import { ownKey, splitKey } from '../key.ts'
import { byController, controllerOf } from '../owner.ts'
import { semanticallyEqual } from '../semantic-equality.ts'
import { type Noticed, noticeJobs } from './active-jobs.ts'
import { beyondHistory } from './history.ts'
import { deleteJob } from './job-actions.ts'
import { createScheduleMemory } from './schedule-memory.ts'
import { startDue } from './start.ts'

const jobsByController = byController(jobs)

/** Makes a Job at each time that a schedule names. */
export const createCronJobController = (): Controller => {
  const memory = createScheduleMemory()
  return {
    name: 'cronjob',
    watches: [
      watch(cronJobs, ownKey),
      watch(jobs, (job, previous) =>
        job && previous && semanticallyEqual(noticedView(job), noticedView(previous))
          ? []
          : [...ownerOf(job), ...ownerOf(previous)],
      ),
    ],
    reconcile: async (key, context) => {
      const { namespace, name } = splitKey(key)
      const cronJob = context.cache.get(cronJobs, namespace, name)
      if (!cronJob) {
        memory.forget(key)
        return undefined
      }
      const owned = context.cache.byIndex(jobsByController, cronJob.metadata.uid ?? '')
      const noticed = noticeJobs(cronJob.status ?? {}, owned)
      await tell(cronJob, noticed, context)
      let failure: unknown
      for (const { metadata } of beyondHistory(cronJob, owned)) failure = (await deleteJob(cronJob, metadata, context)) ?? failure
      const { status, againMs, error } = await startDue(cronJob, noticed.status, {
        ...context,
        changedMs: memory.changedMs(key, cronJob, context.clock.now()),
      })
      await writeStatus(cronJob, status, context)
      if ((error ?? failure) !== undefined) throw error ?? failure
      return { requeueAfter: againMs, exact: true }
    },
  }
}

const noticedView = (job: Job) => ({ owner: controllerOf(job)?.uid, end: finishedCondition(job.status)?.type })

const ownerOf = (job: Job | undefined): string[] => {
  const controller = job && controllerOf(job)
  return controller?.kind === cronJobs.kind ? [`${job?.metadata.namespace}/${controller.name}`] : []
}

const tell = async (cronJob: CronJob, { ended, unexpected, missing }: Noticed, { events }: ReconcileContext): Promise<void> => {
  for (const { metadata } of unexpected) {
    const message = `Saw a job that the controller did not create or forgot: ${metadata.name}`
    await events.record(cronJob, 'Warning', 'UnexpectedJob', message)
  }
  for (const { job, type } of ended) {
    const message = `Saw completed job: ${job.metadata.name}, condition: ${type}`
    await events.record(cronJob, 'Normal', 'SawCompletedJob', message)
  }
  for (const name of missing) await events.record(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`)
}

const writeStatus = async (cronJob: CronJob, status: CronJobStatus, { client }: ReconcileContext): Promise<void> => {
  const wire: CronJobStatus = { ...status, active: status.active?.length ? status.active : undefined }
  if (!semanticallyEqual(wire, cronJob.status ?? {}))
    await client.update(cronJobs, { ...cronJob, status: wire }, { subresource: 'status' })
}
