import type { Cache } from '../../client/cache.ts'
import { apiVersionOf } from '../../meta/object.ts'
import { type Job, jobs, type Pod, pods } from '../../resources/resource.ts'
import { type Controller, watch } from '../controller.ts'
import { keyOf, splitKey } from '../key.ts'
import { byController, controllerOf } from '../owner.ts'
import { isFinished } from './condition.ts'
import { isManagedByOthers } from './managed-by.ts'
import { untrack } from './pod-actions.ts'
import { isTracked } from './tracking.ts'

const podsByController = byController(pods)

/** Lets go of pods whose Job counts them no more: it is gone or finished, or they are no longer its own. */
export const jobOrphanPodsController: Controller = {
  name: 'job-orphan-pods',
  eventComponent: 'job-controller',
  watches: [
    watch(pods, (pod, _previous, cache) => (pod && isForgotten(pod, cache) ? [keyOf(pod)] : [])),
    watch(jobs, (job, previous, cache) => {
      if (job && !isFinished(job.status)) return []
      const { uid = '' } = (job ?? previous)!.metadata
      return cache.byIndex(podsByController, uid).filter(isTracked).map(keyOf)
    }),
  ],
  reconcile: async (key, context) => {
    const { namespace, name } = splitKey(key)
    const pod = context.cache.get(pods, namespace, name)
    if (pod && isForgotten(pod, context.cache)) await untrack(context, pod)
  },
}

const isForgotten = (pod: Pod, cache: Cache): boolean => {
  if (!isTracked(pod)) return false
  const controller = controllerOf(pod)
  if (!controller) return true
  if (controller.kind !== jobs.kind || controller.apiVersion !== apiVersionOf(jobs.group, jobs.version)) return false
  const job: Job | undefined = cache.get(jobs, pod.metadata.namespace ?? '', controller.name)
  if (!job || job.metadata.uid !== controller.uid) return true
  return isFinished(job.status) && !isManagedByOthers(job)
}
