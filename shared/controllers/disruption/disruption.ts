import type { Cache } from '../../client/cache.ts'
import type { Resource } from '../../client/client.ts'
import { labelSelectorText, matchesLabelSelector } from '../../meta/label-selector.ts'
import { ApiError } from '../../meta/status.ts'
import type { PodDisruptionBudgetStatus } from '../../resources/generated/types.ts'
import { type Pod, type PodDisruptionBudget, podDisruptionBudgets, pods } from '../../resources/resource.ts'
import { type Controller, type ReconcileContext, type ReconcileResult, watch } from '../controller.ts'
import { keyOf, ownKey, splitKey } from '../key.ts'
import { controllerOf } from '../owner.ts'
import { isPodReady } from '../pod-state.ts'
import { semanticallyEqual } from '../semantic-equality.ts'
import { budgetStatus, failedStatus } from './budget-status.ts'
import { disruptedPods } from './disrupted-pods.ts'
import { type Expected, expectedPods } from './expected-pods.ts'
import { ownerScale, ScaleUnknown } from './owner-scale.ts'

/** Keeps count of how many pods of each budget may be evicted. The API server takes from that count. */
export const createDisruptionController = ({ resources }: { resources: readonly Resource[] }): Controller => ({
  name: 'disruption',
  eventComponent: 'controllermanager',
  watches: [
    watch(podDisruptionBudgets, ownKey),
    watch(pods, (pod, previous, cache) => {
      if (pod && previous && semanticallyEqual(countedView(pod), countedView(previous))) return []
      return [...budgetsOf(pod, cache), ...budgetsOf(previous, cache)].map(keyOf)
    }),
  ],
  reconcile: async (key, context) => {
    const { namespace, name } = splitKey(key)
    const budget = context.cache.get(podDisruptionBudgets, namespace, name)
    if (!budget) return undefined
    const selected = context.cache
      .list(pods, namespace)
      .filter(({ metadata }) => matchesLabelSelector(budget.spec.selector, metadata.labels))
    let expected: Expected
    try {
      expected = await expectedPods(budget, selected, (owner) => ownerScale(owner, namespace, { ...context, resources }))
    } catch (error) {
      if (!(error instanceof ScaleUnknown || error instanceof ApiError)) throw error
      const failure = error.message
      const message = `Failed to calculate the number of expected pods: ${failure}`
      await context.events.record(budget, 'Warning', 'CalculateExpectedPodCountFailed', message)
      await writeStatus(budget, failedStatus(budget, { failure, nowMs: context.clock.now() }), context)
      // Who could not be asked may tell the next time.
      if (error instanceof ApiError && error.reason !== 'Unknown') throw error
      return undefined
    }
    return count(budget, { pods: selected, expected }, context)
  },
})

const count = async (
  budget: PodDisruptionBudget,
  { pods: selected, expected }: { pods: readonly Pod[]; expected: Expected },
  context: ReconcileContext,
): Promise<ReconcileResult> => {
  const { events, clock } = context
  if (selected.length === 0) await events.record(budget, 'Normal', 'NoPods', 'No matching pods found')
  if (expected.unmanaged.length > 0) await events.record(budget, 'Warning', 'UnmanagedPods', unmanagedText(budget))
  for (const pod of selected) await tellOfOthers(pod, budget, context)
  const nowMs = clock.now()
  const { waiting, overdue, recheckMs } = disruptedPods(budget, selected, nowMs)
  const { namespace, name } = budget.metadata
  for (const pod of overdue) {
    const message = `Pod was expected by PDB ${namespace}/${name} to be deleted but it wasn't`
    await events.record(pod, 'Warning', 'NotDeleted', message)
  }
  await writeStatus(budget, budgetStatus(budget, { pods: selected, expected, waiting, nowMs }), context)
  return { requeueAfter: recheckMs }
}

const unmanagedText = ({ spec }: PodDisruptionBudget) =>
  `Pods selected by this PodDisruptionBudget (selector: ${labelSelectorText(spec.selector)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`

/** Nobody can evict it: said once, by the first of its budgets. */
const tellOfOthers = async (pod: Pod, budget: PodDisruptionBudget, { cache, events }: ReconcileContext): Promise<void> => {
  const [first, ...others] = budgetsOf(pod, cache).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  if (others.length === 0 || first?.metadata.name !== budget.metadata.name) return
  const { namespace, name } = pod.metadata
  const message = `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  Chose "${first.metadata.name}" arbitrarily.`
  await events.record(pod, 'Warning', 'MultiplePodDisruptionBudgets', message)
}

const writeStatus = async (
  budget: PodDisruptionBudget,
  status: PodDisruptionBudgetStatus,
  { client }: ReconcileContext,
): Promise<void> => {
  if (!semanticallyEqual(status, budget.status ?? {}))
    await client.update(podDisruptionBudgets, { ...budget, status }, { subresource: 'status' })
}

/** Most updates of a pod say nothing that is counted. */
const countedView = (pod: Pod) => ({
  labels: pod.metadata.labels,
  owner: controllerOf(pod)?.uid,
  isDeleted: pod.metadata.deletionTimestamp !== undefined,
  isReady: isPodReady(pod),
})

const budgetsOf = (pod: Pod | undefined, cache: Cache): PodDisruptionBudget[] =>
  pod
    ? cache
        .list(podDisruptionBudgets, pod.metadata.namespace)
        .filter(({ spec }) => matchesLabelSelector(spec.selector, pod.metadata.labels))
    : []
