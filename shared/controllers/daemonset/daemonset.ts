import type { Cache } from '../../client/cache.ts'
import { labelSelectorMatcher } from '../../meta/label-selector.ts'
import type { KubeObject } from '../../meta/object.ts'
import { controllerRevisions, type DaemonSet, daemonSets, nodes, type Pod, pods } from '../../resources/resource.ts'
import { claim } from '../claim.ts'
import { type Controller, type ReconcileContext, type ReconcileResult, watch } from '../controller.ts'
import { deleteRevisions } from '../history/delete-revisions.ts'
import { keyOf, ownKey, splitKey } from '../key.ts'
import { byController, controllerOf } from '../owner.ts'
import { createPod, deletePod } from '../pod-control.ts'
import { countsTheSame } from '../pod-state.ts'
import { slowStart } from '../replicaset/slow-start.ts'
import { semanticallyEqual } from '../semantic-equality.ts'
import { podForNode } from './daemon-pod.ts'
import { type DaemonInput, type DaemonPlan, planNodes } from './manage.ts'
import { placesOtherwise } from './placement.ts'
import { prunable, syncRevisions } from './revisions.ts'
import { planRolling } from './rolling.ts'
import { daemonStatus, nextAvailabilityMs } from './status.ts'

const podsByController = byController(pods)
/** pods made, and pods deleted, in one run at most */
const burst = 250

/** Keeps a pod on every node that a template fits. */
export const daemonSetController: Controller = {
  name: 'daemonset',
  watches: [
    watch(daemonSets, ownKey),
    watch(pods, (object, previous, cache) => {
      if (object && previous && countsTheSame(object, previous) && object.spec.nodeName === previous.spec.nodeName) return []
      return concerned(object, previous, cache)
    }),
    watch(controllerRevisions, concerned),
    watch(nodes, (node, previous, cache) =>
      cache
        .list(daemonSets)
        .filter((set) => placesOtherwise(set, node, previous))
        .map(keyOf),
    ),
  ],
  reconcile: async (key, context) => {
    const { namespace, name } = splitKey(key)
    const set = context.cache.get(daemonSets, namespace, name)
    if (!set) return undefined
    const selector = labelSelectorMatcher(set.spec.selector)
    if (selector.empty) {
      const message = 'This daemon set is selecting all pods. A non-empty selector is required.'
      return context.events.record(set, 'Warning', 'SelectingAll', message)
    }
    // Whether its history is still there cannot be told, nor so what its pods are.
    if (set.metadata.deletionTimestamp) return undefined
    const owned = await claim({ ...context, owner: set, ownerResource: daemonSets, index: podsByController, selector })
    const { hash, old } = await syncRevisions(set, { selector, owned }, context)
    const input = { set, hash, nodes: context.cache.list(nodes), pods: owned, nowMs: context.clock.now() }
    const { failure, waitMs } = await bringAbout(input, context)
    if (failure === undefined) await deleteRevisions(prunable(set, old, owned), context)
    const status = daemonStatus(input)
    if (!semanticallyEqual(status, set.status))
      await context.client.update(daemonSets, { ...set, status }, { subresource: 'status' })
    if (failure !== undefined) throw failure
    return soonest(waitMs, nextAvailabilityMs(input))
  },
}

const soonest = (...waits: readonly (number | undefined)[]): ReconcileResult => {
  const known = waits.filter((wait) => wait !== undefined)
  return { requeueAfter: known.length > 0 ? Math.min(...known) : undefined }
}

/** Answers why it could not, if so, and in how many milliseconds there is more to do. */
const bringAbout = async (input: DaemonInput, context: ReconcileContext) => {
  const { set } = input
  const plan = planNodes(input)
  for (const { pod, node, phase } of plan.ended) {
    const what = `${phase.toLowerCase()} daemon pod ${keyOf(pod)} on node ${node}`
    if (phase === 'Failed') await context.events.record(set, 'Warning', 'FailedDaemonPod', `Found ${what}, will try to kill it`)
    else await context.events.record(set, 'Normal', 'SucceededDaemonPod', `Found ${what}, will try to delete it`)
  }
  const done = plan.create.length + plan.delete.length > 0
  // What an update would do depends on what becomes of this.
  const rolls = !done && set.spec.updateStrategy?.type === 'RollingUpdate'
  const rolling = rolls ? planRolling(input) : { create: [], delete: [] }
  const failure = await carryOut(
    input,
    done ? plan : { create: rolling.create.map((node) => ({ node })), delete: rolling.delete },
    context,
  )
  return { failure, waitMs: plan.waitMs }
}

const carryOut = async (
  { set, hash }: DaemonInput,
  plan: Pick<DaemonPlan, 'create' | 'delete'>,
  context: ReconcileContext,
): Promise<unknown> => {
  const { error } = await slowStart(Math.min(plan.create.length, burst), (index) =>
    createPod(set, podForNode(set, { ...plan.create[index]!, hash }), context),
  )
  const results = await Promise.allSettled(plan.delete.slice(0, burst).map((pod) => deletePod(set, pod, context)))
  return error ?? results.find((result) => result.status === 'rejected')?.reason
}

/** Who manages it, or did; of an orphan, all that would adopt it. */
function concerned(object: KubeObject | undefined, previous: KubeObject | undefined, cache: Cache): string[] {
  const released = object && previous && controllerOf(object)?.uid !== controllerOf(previous)?.uid
  return [...setsOf(object ?? previous, cache), ...(released ? setsOf(previous, cache) : [])]
}

const setsOf = (object: Pod | KubeObject | undefined, cache: Cache): string[] => {
  if (!object) return []
  const { namespace = '', labels } = object.metadata
  const controller = controllerOf(object)
  if (controller) return controller.kind === 'DaemonSet' ? [`${namespace}/${controller.name}`] : []
  return cache
    .list<DaemonSet>(daemonSets, namespace)
    .filter(({ spec }) => labelSelectorMatcher(spec.selector).matches(labels))
    .map(keyOf)
}
