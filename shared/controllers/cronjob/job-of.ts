import { timeZone } from '../../resources/batch/time-zone.ts'
import type { ObjectReference } from '../../resources/generated/types.ts'
import { type CronJob, cronJobs, type Job } from '../../resources/resource.ts'
import { controllerReference } from '../owner.ts'

/** The name says for when it is, so that there is one Job for each time. */
export const jobNameFor = ({ metadata }: CronJob, atMs: number): string => `${metadata.name}-${Math.floor(atMs / 60_000)}`

const scheduledTimeName = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

/** Of a Job that `jobFor` made: in milliseconds since the epoch. */
export const scheduledMsOf = ({ metadata }: Job): number | undefined => {
  const ms = Date.parse(metadata.annotations?.[scheduledTimeName] ?? '')
  return metadata.name.endsWith(`-${Math.floor(ms / 60_000)}`) ? ms : undefined
}

export const jobFor = (cronJob: CronJob, atMs: number): Job => {
  const { metadata, spec } = cronJob.spec.jobTemplate
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobNameFor(cronJob, atMs),
      namespace: cronJob.metadata.namespace,
      labels: metadata?.labels,
      annotations: {
        ...metadata?.annotations,
        [scheduledTimeName]: timeZone(cronJob.spec.timeZone ?? '').format(atMs),
      },
      ownerReferences: [controllerReference(cronJobs, cronJob)],
    } as Job['metadata'],
    spec: spec ?? { template: {} },
  }
}

export const referenceTo = ({ apiVersion, kind, metadata }: Job): ObjectReference => ({
  apiVersion,
  kind,
  name: metadata.name,
  namespace: metadata.namespace,
  uid: metadata.uid,
  resourceVersion: metadata.resourceVersion,
})
