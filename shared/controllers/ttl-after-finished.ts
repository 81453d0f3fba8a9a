import { isReason } from '../meta/status.ts'
import { type Job, jobs } from '../resources/resource.ts'
import { type Controller, watch } from './controller.ts'
import { finishedCondition } from './job/condition.ts'
import { ownKey, splitKey } from './key.ts'

/** Removes finished Jobs, and their pods with them, when their time is over. */
export const ttlAfterFinishedController: Controller = {
  name: 'ttl-after-finished',
  watches: [watch(jobs, (job) => (job && expiryMs(job) !== undefined ? ownKey(job, undefined) : []))],
  reconcile: async (key, { cache, client, clock }) => {
    const { namespace, name } = splitKey(key)
    const job = cache.get(jobs, namespace, name)
    const endMs = job && expiryMs(job)
    if (!job || endMs === undefined) return undefined
    const leftMs = endMs - clock.now()
    if (leftMs > 0) return { requeueAfter: leftMs, exact: true }
    // As it was looked at: it may have been given more time since.
    const { uid = '', resourceVersion = '' } = job.metadata
    try {
      await client.delete(jobs, namespace, name, {
        propagationPolicy: 'Foreground',
        preconditions: { uid, resourceVersion },
      })
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
    }
    return undefined
  },
}

/** In milliseconds since the epoch; undefined: it stays. */
export const expiryMs = ({ metadata, spec, status }: Job): number | undefined => {
  const end = finishedCondition(status)?.lastTransitionTime
  if (metadata.deletionTimestamp || spec.ttlSecondsAfterFinished === undefined || !end) return undefined
  return Date.parse(end) + spec.ttlSecondsAfterFinished * 1000
}
