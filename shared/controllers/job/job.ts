import type { Cache } from '../../client/cache.ts'
import { labelSelectorMatcher } from '../../meta/label-selector.ts'
import { jobs, type Pod, pods } from '../../resources/resource.ts'
import { claim } from '../claim.ts'
import { type Controller, watch } from '../controller.ts'
import { keyOf, ownKey, splitKey } from '../key.ts'
import { byController, controllerOf } from '../owner.ts'
import { semanticallyEqual } from '../semantic-equality.ts'
import { isFinished } from './condition.ts'
import { createFailureMemory } from './failure-memory.ts'
import { isManagedByOthers } from './managed-by.ts'
import { syncJob } from './sync.ts'
import { trackingFinalizer } from './tracking.ts'

const podsByController = byController(pods)

/** Runs pods until as many as are wanted have succeeded, or too many have failed. */
export const createJobController = (): Controller => {
  const memory = createFailureMemory()
  return {
    name: 'job',
    watches: [
      watch(jobs, ownKey),
      watch(pods, (pod, previous, cache) => {
        if (pod && previous && semanticallyEqual(countedView(pod), countedView(previous))) return []
        const moved = pod && previous && controllerOf(pod)?.uid !== controllerOf(previous)?.uid
        return [...jobsOf(pod ?? previous, cache), ...(moved ? jobsOf(previous, cache) : [])]
      }),
    ],
    reconcile: async (key, context) => {
      const { namespace, name } = splitKey(key)
      const job = context.cache.get(jobs, namespace, name)
      if (!job || isFinished(job.status)) memory.forget(key)
      if (!job || isManagedByOthers(job) || isFinished(job.status)) return undefined
      const claimed = await claim({
        ...context,
        owner: job,
        ownerResource: jobs,
        index: podsByController,
        selector: labelSelectorMatcher(job.spec.selector),
        finalizer: trackingFinalizer,
      })
      return syncJob(job, claimed, { ...context, memory })
    },
  }
}

/** Most updates of a pod say nothing that is counted. */
const countedView = ({ metadata, status }: Pod) => ({
  labels: metadata.labels,
  annotations: metadata.annotations,
  owners: metadata.ownerReferences,
  finalizers: metadata.finalizers,
  deleted: metadata.deletionTimestamp,
  phase: status?.phase,
  conditions: status?.conditions?.map(({ type, status: is }) => [type, is]),
  restarts: [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map((one) => one.restartCount),
})

/** The one that manages it; of an orphan, all that would adopt it. */
const jobsOf = (pod: Pod | undefined, cache: Cache): string[] => {
  if (!pod) return []
  const { namespace = '', labels } = pod.metadata
  const controller = controllerOf(pod)
  if (controller) return controller.kind === jobs.kind ? [`${namespace}/${controller.name}`] : []
  if (!labels) return []
  return cache
    .list(jobs, namespace)
    .filter((job) => !isFinished(job.status) && labelSelectorMatcher(job.spec.selector).matches(labels))
    .map(keyOf)
}
