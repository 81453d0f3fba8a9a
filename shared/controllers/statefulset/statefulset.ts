import type { Cache } from '../../client/cache.ts'
import { labelSelectorMatcher } from '../../meta/label-selector.ts'
import {
  type PersistentVolumeClaim,
  type Pod,
  persistentVolumeClaims,
  pods,
  type StatefulSet,
  statefulSets,
} from '../../resources/resource.ts'
import { claim } from '../claim.ts'
import { type Controller, type ReconcileContext, type ReconcileResult, watch } from '../controller.ts'
import { deleteRevisions } from '../history/delete-revisions.ts'
import { templateOf } from '../history/revision.ts'
import { keyOf, ownKey, splitKey } from '../key.ts'
import { byController, controllerOf } from '../owner.ts'
import { countsTheSame } from '../pod-state.ts'
import { carryOut } from './carry-out.ts'
import { isMemberOf } from './ordinal.ts'
import { planStatefulSet } from './plan.ts'
import { prunable, type Revisions, syncRevisions } from './revisions.ts'
import { differs, nextAvailabilityMs, type StatusInput, statefulSetStatus } from './status.ts'

const podsByController = byController(pods)

/** Keeps pods with names of their own, made and updated in their order, and the claims that go with them. */
export const statefulSetController: Controller = {
  name: 'statefulset',
  watches: [
    watch(statefulSets, ownKey),
    watch(pods, (object, previous, cache) => {
      if (object && previous && countsTheSame(object, previous)) return []
      const released = object && previous && controllerOf(object)?.uid !== controllerOf(previous)?.uid
      return [...setsOf(object ?? previous, cache), ...(released ? setsOf(previous, cache) : [])]
    }),
    // A pod may wait until the claim of the one before it is gone.
    watch(persistentVolumeClaims, (object, previous, cache) => (object ? [] : setsWithClaim(previous, cache))),
  ],
  reconcile: async (key, context) => {
    const { namespace, name } = splitKey(key)
    const set = context.cache.get(statefulSets, namespace, name)
    if (!set) return undefined
    const selector = labelSelectorMatcher(set.spec.selector)
    const index = podsByController
    const isMember = (pod: Pod) => isMemberOf(set, pod)
    const owned = await claim({ ...context, owner: set, ownerResource: statefulSets, index, selector, isMember })
    if (set.metadata.deletionTimestamp) return noteStatus(statusOfLeaving(set, owned, context), context)
    const revisions = await syncRevisions(set, selector, context)
    return act(set, { revisions, owned }, context)
  },
}

const act = async (
  set: StatefulSet,
  { revisions, owned }: { revisions: Revisions; owned: readonly Pod[] },
  context: ReconcileContext,
): Promise<ReconcileResult> => {
  const { current, update, collisionCount } = revisions
  const nowMs = context.clock.now()
  const plan = planStatefulSet({
    set,
    current: { name: current.metadata.name, template: templateOf(current) },
    update: { name: update.metadata.name, template: templateOf(update) },
    pods: owned,
    claim: (name) => context.cache.get(persistentVolumeClaims, set.metadata.namespace ?? '', name),
    nowMs,
  })
  let failure: unknown
  try {
    await carryOut(set, plan, context)
  } catch (error) {
    failure = error
  }
  const names = { currentRevision: current.metadata.name, updateRevision: update.metadata.name, collisionCount }
  const gone = failure === undefined ? plan.outdated : undefined
  const result = await noteStatus({ set, pods: plan.counted, ...names, gone, nowMs }, context)
  await deleteRevisions(prunable(set, revisions, owned), context)
  if (failure !== undefined) throw failure
  return result
}

const noteStatus = async (input: StatusInput, { client }: ReconcileContext): Promise<ReconcileResult> => {
  const { set } = input
  const status = statefulSetStatus(input)
  if (differs(status, set.status)) await client.update(statefulSets, { ...set, status }, { subresource: 'status' })
  return { requeueAfter: nextAvailabilityMs(input) }
}

/** Its pods are counted until the last; nothing is done to them any more. */
const statusOfLeaving = (set: StatefulSet, owned: readonly Pod[], { clock }: ReconcileContext): StatusInput => {
  const { currentRevision = '', updateRevision = '', collisionCount = 0 } = set.status ?? {}
  return { set, pods: owned, currentRevision, updateRevision, collisionCount, nowMs: clock.now() }
}

/** The one that manages the pod; of an orphan, all that would adopt it. */
const setsOf = (pod: Pod | undefined, cache: Cache): string[] => {
  if (!pod) return []
  const { namespace = '', labels } = pod.metadata
  const controller = controllerOf(pod)
  if (controller) return controller.kind === 'StatefulSet' ? [`${namespace}/${controller.name}`] : []
  return cache
    .list(statefulSets, namespace)
    .filter((set) => labelSelectorMatcher(set.spec.selector).matches(labels) && isMemberOf(set, pod))
    .map(keyOf)
}

const setsWithClaim = (gone: PersistentVolumeClaim | undefined, cache: Cache): string[] => {
  const { namespace, name = '' } = gone?.metadata ?? {}
  return cache
    .list(statefulSets, namespace)
    .filter(({ spec, metadata }) =>
      spec.volumeClaimTemplates?.some((template) => name.startsWith(`${template.metadata.name}-${metadata.name}-`)),
    )
    .map(keyOf)
}
