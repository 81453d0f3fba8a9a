import { isReason } from '../../meta/status.ts'
import { timestamp } from '../../platform/clock.ts'
import { type Deployment, deployments, type ReplicaSet, replicaSets } from '../../resources/resource.ts'
import type { ReconcileContext } from '../controller.ts'
import { isNamespaceTerminating } from '../namespace-terminating.ts'
import { isControlledBy } from '../owner.ts'
import { semanticallyEqual } from '../semantic-equality.ts'
import { conditionOf, withCondition } from './condition.ts'
import { replicasOf } from './fenceposts.ts'
import { buildReplicaSet } from './new-replica-set.ts'
import { newReplicaSetAnnotations, nextRevision, revisionAnnotation } from './revision.ts'
import { sameTemplate } from './same-template.ts'
import { hasProgressDeadline } from './status.ts'

export interface CurrentReplicaSet {
  /** with the revision and conditions that follow; not written yet */
  readonly deployment: Deployment
  readonly current: ReplicaSet
}

/** Gives the ReplicaSet of the current template its revision and the Deployment's annotations. */
export const syncCurrent = async (
  deployment: Deployment,
  { current, old }: { current: ReplicaSet; old: readonly ReplicaSet[] },
  { client, clock }: ReconcileContext,
): Promise<CurrentReplicaSet> => {
  const before = current.metadata.annotations ?? {}
  const annotations = newReplicaSetAnnotations(deployment, before, nextRevision(old))
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0
  let synced = current
  if (!semanticallyEqual(annotations, before) || (current.spec.minReadySeconds ?? 0) !== minReadySeconds) {
    const metadata = { ...current.metadata, annotations: { ...annotations } }
    synced = await client.update(replicaSets, { ...current, metadata, spec: { ...current.spec, minReadySeconds } })
  }
  const revised = withRevision(deployment, annotations[revisionAnnotation])
  const message = `Found new replica set "${current.metadata.name}"`
  const known = conditionOf(deployment.status, 'Progressing') !== undefined
  return { current: synced, deployment: known ? revised : withProgress(revised, 'FoundNewReplicaSet', message, clock.now()) }
}

export const createCurrent = async (
  deployment: Deployment,
  old: readonly ReplicaSet[],
  context: ReconcileContext,
): Promise<CurrentReplicaSet> => {
  const { client, events, clock } = context
  const revision = nextRevision(old)
  const wanted = buildReplicaSet(deployment, old, revision)
  const { name } = wanted.metadata
  const revised = withRevision(deployment, String(revision))
  let current: ReplicaSet
  try {
    current = await client.create(replicaSets, wanted)
  } catch (error) {
    if (isReason(error, 'AlreadyExists'))
      return { deployment: revised, current: await ownOrCollision(deployment, wanted, { context, error }) }
    if (!isNamespaceTerminating(error)) await noteFailure(deployment, name, { context, error })
    throw error
  }
  if (replicasOf(current) > 0) {
    const message = `Scaled up replica set ${name} from 0 to ${replicasOf(current)}`
    await events.record(deployment, 'Normal', 'ScalingReplicaSet', message)
  }
  const progress = withProgress(revised, 'NewReplicaSetCreated', `Created new replica set "${name}"`, clock.now())
  return { deployment: progress, current }
}

/** The name is taken: by our own (made by a run that did not finish), or by one of another template with the same hash. */
const ownOrCollision = async (
  deployment: Deployment,
  wanted: ReplicaSet,
  { context, error }: { context: ReconcileContext; error: unknown },
): Promise<ReplicaSet> => {
  const existing = await context.client.get(replicaSets, wanted.metadata.namespace ?? '', wanted.metadata.name)
  if (isControlledBy(existing, deployment) && sameTemplate(existing.spec.template, deployment.spec.template)) return existing
  const status = { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 }
  await context.client.update(deployments, { ...deployment, status }, { subresource: 'status' })
  throw error
}

const noteFailure = async (
  deployment: Deployment,
  name: string,
  { context, error }: { context: ReconcileContext; error: unknown },
): Promise<void> => {
  const reason = 'ReplicaSetCreateError'
  const message = `Failed to create new replica set "${name}": ${error instanceof Error ? error.message : String(error)}`
  await context.events.record(deployment, 'Warning', reason, message)
  if (!hasProgressDeadline(deployment)) return
  const condition = { type: 'Progressing', status: 'False', reason, message }
  const status = withCondition(deployment.status ?? {}, condition, timestamp(context.clock.now()))
  if (status !== deployment.status) await context.client.update(deployments, { ...deployment, status }, { subresource: 'status' })
}

const withRevision = (deployment: Deployment, revision: string | undefined): Deployment =>
  revision === undefined
    ? deployment
    : {
        ...deployment,
        metadata: { ...deployment.metadata, annotations: { ...deployment.metadata.annotations, [revisionAnnotation]: revision } },
      }

const withProgress = (deployment: Deployment, reason: string, message: string, nowMs: number): Deployment => {
  if (!hasProgressDeadline(deployment)) return deployment
  const condition = { type: 'Progressing', status: 'True', reason, message }
  return { ...deployment, status: withCondition(deployment.status ?? {}, condition, timestamp(nowMs)) }
}
