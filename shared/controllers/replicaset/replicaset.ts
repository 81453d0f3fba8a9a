import type { Cache } from '../../client/cache.ts'
import { labelSelectorMatcher } from '../../meta/label-selector.ts'
import { isReason } from '../../meta/status.ts'
import { type Pod, pods, type ReplicaSet, replicaSets } from '../../resources/resource.ts'
import { claim } from '../claim.ts'
import { type Controller, type ReconcileContext, watch } from '../controller.ts'
import { keyOf, ownKey, splitKey } from '../key.ts'
import { isNamespaceTerminating } from '../namespace-terminating.ts'
import { byController, controllerOf } from '../owner.ts'
import { isPodActive, isPodTerminating, podCondition } from '../pod-state.ts'
import { semanticallyEqual } from '../semantic-equality.ts'
import { podsToDelete } from './deletion-order.ts'
import { podFromTemplate } from './pod-template.ts'
import { slowStart } from './slow-start.ts'
import { nextAvailabilityMs, replicaSetStatus } from './status.ts'

const podsByController = byController(pods)
const replicaSetsByController = byController(replicaSets)
/** replicas made or deleted in one run at most */
const burst = 500

/** Keeps as many pods of a template as are wanted. */
export const replicaSetController: Controller = {
  name: 'replicaset',
  watches: [
    watch(replicaSets, ownKey),
    watch(pods, (object, previous, cache) => {
      if (object && previous && countsTheSame(object, previous)) return []
      const released = object && previous && controllerOf(object)?.uid !== controllerOf(previous)?.uid
      return [...replicaSetsOf(object ?? previous, cache), ...(released ? replicaSetsOf(previous, cache) : [])]
    }),
  ],
  reconcile: async (key, context) => {
    const { namespace, name } = splitKey(key)
    const replicaSet = context.cache.get(replicaSets, namespace, name)
    if (!replicaSet) return
    const selector = labelSelectorMatcher(replicaSet.spec.selector)
    const owner = { owner: replicaSet, ownerResource: replicaSets }
    const claimed = await claim({ ...context, ...owner, index: podsByController, selector, counts: isPodActive })
    const active = claimed.filter(isPodActive)
    const terminating = claimed.filter(isPodTerminating)
    const failure = replicaSet.metadata.deletionTimestamp ? undefined : await manageReplicas(replicaSet, active, context)

    const nowMs = context.clock.now()
    const status = replicaSetStatus({ replicaSet, active, terminating, failure, nowMs })
    if (!semanticallyEqual(status, replicaSet.status ?? {}))
      await context.client.update(replicaSets, { ...replicaSet, status }, { subresource: 'status' })
    if (failure !== undefined) throw failure
    return { requeueAfter: nextAvailabilityMs(replicaSet, active, nowMs) }
  },
}

/** Most updates of a pod say nothing that a ReplicaSet counts. */
const countsTheSame = (pod: Pod, previous: Pod): boolean => semanticallyEqual(countedView(pod), countedView(previous))

const countedView = (pod: Pod) => ({
  labels: pod.metadata.labels,
  owners: pod.metadata.ownerReferences,
  deleted: pod.metadata.deletionTimestamp,
  phase: pod.status?.phase,
  ready: podCondition(pod, 'Ready'),
})

/** Answers why it could not, if so. */
const manageReplicas = async (replicaSet: ReplicaSet, active: readonly Pod[], context: ReconcileContext): Promise<unknown> => {
  const missing = (replicaSet.spec.replicas ?? 1) - active.length
  if (missing > 0) {
    const { error } = await slowStart(Math.min(missing, burst), () => createPod(replicaSet, context))
    return error
  }
  if (missing === 0) return undefined
  const related = relatedPods(replicaSet, context.cache)
  const doomed = podsToDelete({ pods: active, related, count: Math.min(-missing, burst), nowMs: context.clock.now() })
  const results = await Promise.allSettled(doomed.map((pod) => deletePod(replicaSet, pod, context)))
  return results.find((result) => result.status === 'rejected')?.reason
}

const createPod = async (replicaSet: ReplicaSet, { client, events }: ReconcileContext): Promise<void> => {
  try {
    const pod = await client.create(pods, podFromTemplate(replicaSet.spec.template, replicaSet, replicaSets))
    await events.record(replicaSet, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
  } catch (error) {
    if (isNamespaceTerminating(error)) return
    await events.record(
      replicaSet,
      'Warning',
      'FailedCreate',
      `Error creating: ${error instanceof Error ? error.message : error}`,
    )
    throw error
  }
}

const deletePod = async (replicaSet: ReplicaSet, pod: Pod, { client, events }: ReconcileContext): Promise<void> => {
  const { namespace = '', name } = pod.metadata
  try {
    await client.delete(pods, namespace, name)
    await events.record(replicaSet, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`)
  } catch (error) {
    if (isReason(error, 'NotFound')) return
    const text = error instanceof Error ? error.message : String(error)
    await events.record(replicaSet, 'Warning', 'FailedDelete', `Error deleting: ${text}`)
    throw new Error(`unable to delete pods: ${text}`, { cause: error })
  }
}

/** Pods of all ReplicaSets with the same owner. */
const relatedPods = (replicaSet: ReplicaSet, cache: Cache): Pod[] => {
  const owner = controllerOf(replicaSet)
  const siblings = owner ? cache.byIndex(replicaSetsByController, owner.uid) : [replicaSet]
  return siblings.flatMap(({ metadata }) => cache.byIndex(podsByController, metadata.uid ?? ''))
}

/** The one that manages the pod; of an orphan, all that would adopt it. */
const replicaSetsOf = (pod: Pod | undefined, cache: Cache): string[] => {
  if (!pod) return []
  const { namespace = '', labels } = pod.metadata
  const controller = controllerOf(pod)
  if (controller) return controller.kind === 'ReplicaSet' ? [`${namespace}/${controller.name}`] : []
  if (!labels) return []
  return cache
    .list(replicaSets, namespace)
    .filter(({ spec }) => labelSelectorMatcher(spec.selector).matches(labels))
    .map(keyOf)
}
