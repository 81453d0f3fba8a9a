import { matchesLabelSelector } from '../../meta/label-selector.ts'
import type { KubeObject } from '../../meta/object.ts'
import { badRequest, isReason } from '../../meta/status.ts'
import { timestamp } from '../../platform/clock.ts'
import type { PodCondition } from '../../resources/generated/types.ts'
import { type Pod, type PodDisruptionBudget, podDisruptionBudgets } from '../../resources/resource.ts'
import { readValue } from '../body.ts'
import { isDryRun, keyOf, notFoundIn, type ResourceContext } from '../context.ts'
import { admit, mutate } from '../objects/admit.ts'
import { attributesOf } from '../objects/attributes.ts'
import { checkPreconditions, deleteObject } from '../objects/delete.ts'
import { type DeleteOptions, deleteOptionsFrom } from '../objects/delete-options.ts'
import { matchNamespace } from '../objects/metadata.ts'
import { decodeCurrent } from '../objects/served-version.ts'
import { updateObject } from '../objects/update.ts'
import { statusRules } from '../objects/update-rules.ts'
import { negotiate, statusForms } from '../represent/negotiate.ts'
import { respondJson, respondStatus, successStatus } from '../represent/respond.ts'
import type { ApiResponse } from '../request.ts'
import { budgetNotReady, takeDisruption } from './disruption-budget.ts'

type Eviction = KubeObject & { deleteOptions?: unknown }

const bodyKind = { schema: 'io.k8s.api.policy.v1.Eviction', group: 'policy', version: 'v1', kind: 'Eviction' }

/** Deletes a pod for whoever empties a node, as far as the pod's disruption budget allows. */
export const createEviction = async (context: ResourceContext): Promise<ApiResponse> => {
  const { request, info } = context
  const representation = negotiate(request, statusForms)
  const body = await readValue(request, 'Eviction')
  if (typeof body !== 'object' || body === null) throw badRequest('not a Eviction object: <nil>')
  const { metadata } = body as { metadata?: { name?: string } }
  if (metadata?.name && metadata.name !== info.name) {
    throw badRequest(`name in URL does not match name in Eviction object: ${info.name} != ${metadata.name}`)
  }
  const object = body as Eviction
  object.metadata ??= {} as Eviction['metadata']
  matchNamespace(context.definition, object.metadata, info.namespace)
  const dryRun = isDryRun(context)
  const attributes = attributesOf(context, { operation: 'CREATE', bodyKind, object, oldObject: undefined, dryRun })
  await mutate(context.parts, attributes)
  const options = { ...deleteOptionsFrom(object.deleteOptions ?? {}, request.query), admitted: true }
  await admit(context.parts, attributes)
  const done = { ...successStatus(undefined), code: 201 }
  if (await evictUnguarded(context, options)) return respondStatus(request, representation, done)
  const pod = await readPod(context)
  const budgets = await budgetsOf(context, pod)
  if (budgets.length > 1) return respondJson(request, 201, { ...done, status: 'Failure', message: severalBudgets, code: 500 })
  const [budget] = budgets
  const isFree = budget !== undefined && !isReady(pod) && allowsUnhealthy(budget)
  if (budget && !isFree) await takeDisruption(context, budget, options.dryRun)
  try {
    await remove(context, isFree ? asRead(options, pod) : options)
  } catch (error) {
    // It may be healthy by now.
    if (isFree && isReason(error, 'Conflict') && !insists(options)) throw budgetNotReady(budget.metadata.name)
    throw error
  }
  return respondStatus(request, representation, done)
}

const severalBudgets = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'

const mostAttempts = 20

/** Evicts one whose leaving disrupts nothing any more, or nothing yet; false: it does. */
const evictUnguarded = async (context: ResourceContext, options: DeleteOptions): Promise<boolean> => {
  for (let attempt = 1; ; attempt++) {
    const pod = await readPod(context)
    const isOver = ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '') || pod.metadata.deletionTimestamp !== undefined
    if (!isOver && pod.status?.phase !== 'Pending') return false
    try {
      await remove(context, isOver || insists(options) ? options : asRead(options, pod))
      return true
    } catch (error) {
      if (!isReason(error, 'Conflict') || insists(options) || attempt === mostAttempts) throw error
    }
  }
}

const readPod = async (context: ResourceContext): Promise<Pod> => {
  const entry = await context.parts.store.get(keyOf(context))
  if (!entry) throw notFoundIn(context, context.info.name)
  return decodeCurrent(context, entry.value) as Pod
}

const budgetsOf = async ({ parts, info }: ResourceContext, { metadata }: Pod): Promise<PodDisruptionBudget[]> => {
  const all = await parts.currentObjects.reader(0).list(podDisruptionBudgets, info.namespace)
  return all.filter(({ spec }) => matchesLabelSelector(spec.selector, metadata.labels))
}

const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true

/** It counts as nothing: its leaving does no harm where the others are enough, or whatever they are. */
const allowsUnhealthy = ({ spec, status }: PodDisruptionBudget): boolean => {
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {}
  return spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' || (desiredHealthy > 0 && currentHealthy >= desiredHealthy)
}

const insists = ({ preconditions }: DeleteOptions): boolean =>
  preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== null

const asRead = (options: DeleteOptions, { metadata }: Pod): DeleteOptions => ({
  ...options,
  preconditions: { ...options.preconditions, resourceVersion: metadata.resourceVersion },
})

const remove = async (context: ResourceContext, options: DeleteOptions): Promise<void> => {
  const { preconditions } = options
  const marked = options.dryRun ? undefined : await markDisrupted(context, options)
  const resourceVersion = marked && insists(options) ? marked.metadata.resourceVersion : preconditions?.resourceVersion
  await deleteObject(context, context.info.name, {
    ...options,
    ...(preconditions && { preconditions: { ...preconditions, resourceVersion } }),
  })
}

/** The pod shows why it goes, as upstream's DisruptionTarget condition; it is the one that the preconditions say. */
const markDisrupted = async (context: ResourceContext, { preconditions }: DeleteOptions): Promise<KubeObject> => {
  const { name } = context.info
  const { bytes } = await updateObject(context, {
    name,
    transform: (read) => {
      const pod = read!() as Pod
      checkPreconditions(context, pod, preconditions)
      const now = timestamp(context.parts.clock.now())
      pod.status = { ...pod.status, conditions: withDisruption(pod, now) }
      delete pod.metadata.resourceVersion
      return pod
    },
    unconditional: true,
    subresource: 'status',
    rules: statusRules,
    admitAs: () => undefined,
    dryRun: false,
  })
  return decodeCurrent(context, bytes)
}

const withDisruption = ({ status }: Pod, now: string): PodCondition[] => {
  const others = status?.conditions?.filter(({ type }) => type !== 'DisruptionTarget') ?? []
  const before = status?.conditions?.find(({ type }) => type === 'DisruptionTarget')
  const lastTransitionTime = before?.status === 'True' ? before.lastTransitionTime : now
  const reason = 'EvictionByEvictionAPI'
  return [...others, { type: 'DisruptionTarget', status: 'True', reason, message: 'Eviction API: evicting', lastTransitionTime }]
}
