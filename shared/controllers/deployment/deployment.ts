import type { Cache } from '../../client/cache.ts'
import { labelSelectorMatcher } from '../../meta/label-selector.ts'
import type { DeploymentStatus } from '../../resources/generated/types.ts'
import { type Deployment, deployments, type Pod, pods, type ReplicaSet, replicaSets } from '../../resources/resource.ts'
import { claim } from '../claim.ts'
import { type Controller, type ReconcileContext, type ReconcileResult, watch } from '../controller.ts'
import { keyOf, ownKey, splitKey } from '../key.ts'
import { byController, controllerOf } from '../owner.ts'
import { isPodTerminal } from '../pod-state.ts'
import { semanticallyEqual } from '../semantic-equality.ts'
import { createCurrent, syncCurrent } from './current-replica-set.ts'
import { isRollingUpdate, replicasOf } from './fenceposts.ts'
import { splitReplicaSets } from './new-replica-set.ts'
import { isActive } from './order.ts'
import { pauseNoted } from './pause.ts'
import { isScalingEvent, proportionalSteps } from './proportional.ts'
import { prunable } from './prune.ts'
import { rollingSteps, type Scaling } from './rolling.ts'
import { applyScalings } from './scale.ts'
import { countedStatus, isComplete, progressCheckMs, rolloutStatus } from './status.ts'

const replicaSetsByController = byController(replicaSets)
const podsByController = byController(pods)

/** Rolls Deployments out over ReplicaSets: one for each template, the newest growing as the others shrink. */
export const deploymentController: Controller = {
  name: 'deployment',
  watches: [
    watch(deployments, ownKey),
    watch(replicaSets, (object, previous, cache) => [
      ...deploymentsOf(object ?? previous, cache),
      ...(object && previous && controllerOf(object)?.uid !== controllerOf(previous)?.uid ? deploymentsOf(previous, cache) : []),
    ]),
    // Recreate waits for old pods to be gone.
    watch(pods, (object, previous, cache) => (object ? [] : recreateDeploymentsOf(previous, cache))),
  ],
  reconcile: async (key, context) => {
    const { namespace, name } = splitKey(key)
    const deployment = context.cache.get(deployments, namespace, name)
    if (!deployment) return undefined
    const selector = labelSelectorMatcher(deployment.spec.selector)
    if (selector.empty) return refuseSelectingAll(deployment, context)
    const index = replicaSetsByController
    const owned = await claim({ ...context, owner: deployment, ownerResource: deployments, index, selector })
    const split = splitReplicaSets(deployment, owned)
    if (deployment.metadata.deletionTimestamp) {
      const status = countedStatus({ deployment, ...split, nowMs: context.clock.now() })
      return writeStatus(deployment, { ...deployment, status }, context)
    }
    return rollOut(deployment, split, context)
  },
}

interface Split {
  readonly current: ReplicaSet | undefined
  readonly old: readonly ReplicaSet[]
}

const rollOut = async (deployment: Deployment, split: Split, context: ReconcileContext): Promise<ReconcileResult> => {
  const nowMs = context.clock.now()
  let draft: Deployment = { ...deployment, status: pauseNoted(deployment, nowMs) }
  let { current, old } = split
  const adopt = (made: { deployment: Deployment; current: ReplicaSet }) => {
    draft = made.deployment
    current = made.current
  }
  const scale = async (scalings: readonly Scaling[]) => {
    const { scaled, now } = await applyScalings(draft, scalings, context)
    current = current && now(current)
    old = old.map(now)
    return scaled
  }
  const finish = async (status: DeploymentStatus) => writeStatus(deployment, { ...draft, status }, context)

  if (current) adopt(await syncCurrent(draft, { current, old }, context))
  if (draft.spec.paused || isScalingEvent(draft, current ? [...old, current] : old)) {
    await scale(proportionalSteps(draft, current, old))
    if (draft.spec.paused) await prune(draft, old, context)
    return finish(countedStatus({ deployment: draft, current, old, nowMs }))
  }
  if (isRollingUpdate(draft)) {
    if (!current) adopt(await createCurrent(draft, old, context))
    const scaled = await scale(rollingSteps(draft, current!, old))
    if (!scaled && isComplete(draft, draft.status)) await prune(draft, old, context)
    return finish(rolloutStatus({ deployment: draft, current, old, nowMs }))
  }
  const down = await scale(old.filter(isActive).map((replicaSet) => ({ replicaSet, replicas: 0 })))
  if (!down && !oldPodsRun(old, context.cache)) {
    if (!current) adopt(await createCurrent(draft, old, context))
    await scale(replicasOf(current!) === replicasOf(draft) ? [] : [{ replicaSet: current!, replicas: replicasOf(draft) }])
    if (isComplete(draft, draft.status)) await prune(draft, old, context)
  }
  return finish(rolloutStatus({ deployment: draft, current, old, nowMs }))
}

const oldPodsRun = (old: readonly ReplicaSet[], cache: Cache): boolean =>
  old.some(
    ({ metadata, status }) =>
      (status?.replicas ?? 0) > 0 || cache.byIndex(podsByController, metadata.uid ?? '').some((pod) => !isPodTerminal(pod)),
  )

const prune = async (deployment: Deployment, old: readonly ReplicaSet[], { client }: ReconcileContext) => {
  for (const { metadata } of prunable(deployment, old)) {
    const preconditions = { resourceVersion: metadata.resourceVersion ?? '' }
    await client.delete(replicaSets, metadata.namespace ?? '', metadata.name, { preconditions })
  }
}

const writeStatus = async (
  before: Deployment,
  after: Deployment,
  { client, clock }: ReconcileContext,
): Promise<ReconcileResult> => {
  const status = wireStatus(after.status ?? {})
  const sameAnnotations = semanticallyEqual(before.metadata.annotations ?? {}, after.metadata.annotations ?? {})
  if (!sameAnnotations || !semanticallyEqual(status, before.status ?? {}))
    await client.update(deployments, { ...after, status }, { subresource: 'status' })
  return { requeueAfter: progressCheckMs(after, status, clock.now()) }
}

/** Counts of zero are left out, as upstream's encoding does; those that may be unknown are not. */
const wireStatus = (status: DeploymentStatus): DeploymentStatus => ({
  ...status,
  observedGeneration: status.observedGeneration || undefined,
  replicas: status.replicas || undefined,
  updatedReplicas: status.updatedReplicas || undefined,
  readyReplicas: status.readyReplicas || undefined,
  availableReplicas: status.availableReplicas || undefined,
  unavailableReplicas: status.unavailableReplicas || undefined,
})

const refuseSelectingAll = async (deployment: Deployment, { client, events }: ReconcileContext): Promise<ReconcileResult> => {
  const message = 'This deployment is selecting all pods. A non-empty selector is required.'
  await events.record(deployment, 'Warning', 'SelectingAll', message)
  const observedGeneration = deployment.metadata.generation
  if (deployment.status?.observedGeneration === observedGeneration) return
  await client.update(
    deployments,
    { ...deployment, status: { ...deployment.status, observedGeneration } },
    { subresource: 'status' },
  )
}

/** The one that manages it; of an orphan, all that would adopt it. */
const deploymentsOf = (replicaSet: ReplicaSet | undefined, cache: Cache): string[] => {
  if (!replicaSet) return []
  const { namespace = '', labels } = replicaSet.metadata
  const controller = controllerOf(replicaSet)
  if (controller) return controller.kind === 'Deployment' ? [`${namespace}/${controller.name}`] : []
  return cache
    .list(deployments, namespace)
    .filter(({ spec }) => labelSelectorMatcher(spec.selector).matches(labels))
    .map(keyOf)
}

const recreateDeploymentsOf = (pod: Pod | undefined, cache: Cache): string[] => {
  const owner = pod && controllerOf(pod)
  if (owner?.kind !== 'ReplicaSet') return []
  const namespace = pod?.metadata.namespace ?? ''
  const replicaSet = cache.get(replicaSets, namespace, owner.name)
  const controller = replicaSet && controllerOf(replicaSet)
  const deployment = controller && cache.get(deployments, namespace, controller.name)
  return deployment && !isRollingUpdate(deployment) ? [keyOf(deployment)] : []
}
