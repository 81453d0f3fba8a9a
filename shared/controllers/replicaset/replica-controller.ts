import type { Cache } from '../../client/cache.ts'
import type { Resource } from '../../client/client.ts'
import type { LabelSelectorMatcher } from '../../meta/label-selector.ts'
import type { KubeObject } from '../../meta/object.ts'
import { type Pod, pods, replicaSets } from '../../resources/resource.ts'
import { claim } from '../claim.ts'
import { type Controller, type ReconcileContext, watch } from '../controller.ts'
import { keyOf, ownKey, splitKey } from '../key.ts'
import { byController, controllerOf } from '../owner.ts'
import { createPod, deletePod } from '../pod-control.ts'
import { countsTheSame, isPodActive, isPodTerminating } from '../pod-state.ts'
import { semanticallyEqual } from '../semantic-equality.ts'
import { podsToDelete } from './deletion-order.ts'
import { podFromTemplate } from './pod-template.ts'
import { slowStart } from './slow-start.ts'
import { nextAvailabilityMs, type ReplicaOwner, replicaStatus } from './status.ts'

const podsByController = byController(pods)
const replicaSetsByController = byController(replicaSets)
/** replicas made or deleted in one run at most */
const burst = 500

/** A kind that keeps so many pods of a template. */
export interface ReplicaKind<T extends ReplicaOwner> extends Pick<Controller, 'name' | 'eventComponent'> {
  readonly resource: Resource<T>
  readonly selectorOf: (owner: T) => LabelSelectorMatcher
  /** whether its status counts pods that are on their way out */
  readonly countsTerminating: boolean
}

/** Keeps as many pods of a template as are wanted. */
export const createReplicaController = <T extends ReplicaOwner>(kind: ReplicaKind<T>): Controller => {
  const { resource, selectorOf, countsTerminating } = kind
  const ownersOf = ownersWith(kind)
  return {
    name: kind.name,
    eventComponent: kind.eventComponent,
    watches: [
      watch(resource, ownKey),
      watch(pods, (object, previous, cache) => {
        if (object && previous && countsTheSame(object, previous)) return []
        const released = object && previous && controllerOf(object)?.uid !== controllerOf(previous)?.uid
        return [...ownersOf(object ?? previous, cache), ...(released ? ownersOf(previous, cache) : [])]
      }),
    ],
    reconcile: async (key, context) => {
      const { namespace, name } = splitKey(key)
      const owner = context.cache.get(resource, namespace, name)
      if (!owner) return
      const of = { owner, ownerResource: resource }
      const claimed = await claim({
        ...context,
        ...of,
        index: podsByController,
        selector: selectorOf(owner),
        counts: isPodActive,
      })
      const active = claimed.filter(isPodActive)
      const terminating = countsTerminating ? claimed.filter(isPodTerminating) : undefined
      const failure = owner.metadata.deletionTimestamp ? undefined : await manageReplicas(of, active, context)

      const nowMs = context.clock.now()
      const status = replicaStatus({ owner, active, terminating, failure, nowMs })
      if (!semanticallyEqual(status, owner.status ?? {}))
        await context.client.update(resource, { ...owner, status }, { subresource: 'status' })
      if (failure !== undefined) throw failure
      return { requeueAfter: nextAvailabilityMs(owner, active, nowMs) }
    },
  }
}

interface Owned {
  readonly owner: ReplicaOwner
  readonly ownerResource: Resource
}

/** Answers why it could not, if so. */
const manageReplicas = async (owned: Owned, active: readonly Pod[], context: ReconcileContext): Promise<unknown> => {
  const { owner } = owned
  const missing = (owner.spec.replicas ?? 1) - active.length
  if (missing > 0) {
    const { error } = await slowStart(Math.min(missing, burst), () =>
      createPod(owner, podFromTemplate(owner.spec.template, owner, owned.ownerResource), context),
    )
    return error
  }
  if (missing === 0) return undefined
  const related = relatedPods(owner, context.cache)
  const doomed = podsToDelete({ pods: active, related, count: Math.min(-missing, burst), nowMs: context.clock.now() })
  const results = await Promise.allSettled(doomed.map((pod) => deletePod(owner, pod, context)))
  return results.find((result) => result.status === 'rejected')?.reason
}

/** Pods of all ReplicaSets with the same owner. */
const relatedPods = (owner: KubeObject, cache: Cache): Pod[] => {
  const above = controllerOf(owner)
  const siblings = above ? cache.byIndex(replicaSetsByController, above.uid) : [owner]
  return siblings.flatMap(({ metadata }) => cache.byIndex(podsByController, metadata.uid ?? ''))
}

/** The one that manages the pod; of an orphan, all that would adopt it. */
const ownersWith =
  <T extends ReplicaOwner>({ resource, selectorOf }: ReplicaKind<T>) =>
  (pod: Pod | undefined, cache: Cache): string[] => {
    if (!pod) return []
    const { namespace = '', labels } = pod.metadata
    const controller = controllerOf(pod)
    if (controller) return controller.kind === resource.kind ? [`${namespace}/${controller.name}`] : []
    if (!labels) return []
    return cache
      .list(resource, namespace)
      .filter((owner) => selectorOf(owner).matches(labels))
      .map(keyOf)
  }
