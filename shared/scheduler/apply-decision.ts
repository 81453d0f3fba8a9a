import type { Client } from '../client/client.ts'
import type { EventRecorder } from '../controllers/controller.ts'
import { isReason } from '../meta/status.ts'
import { type Clock, timestamp } from '../platform/clock.ts'
import { boundToClaim } from '../resources/core/volume/binding.ts'
import type { PodCondition } from '../resources/generated/types.ts'
import { type Pod, persistentVolumeClaims, persistentVolumes, pods } from '../resources/resource.ts'
import type { Decision } from './decide.ts'
import type { PodInfo } from './pod-info.ts'
import { selecting, type VolumePlan } from './volume-state.ts'

export interface ApplyContext {
  readonly client: Client
  readonly clock: Clock
  readonly events: EventRecorder
}

/** Binds the pod, or says on it why it can't be and makes room for it. A pod that is gone meanwhile needs nothing. */
export const applyDecision = async (decision: Decision, context: ApplyContext): Promise<void> => {
  try {
    if (decision.node !== undefined && decision.volumes)
      await prepareVolumes(decision.pod.pod, decision.node, { ...context, plan: decision.volumes })
    else if (decision.node !== undefined) await bind(decision.pod.pod, decision.node, context)
    else await reportUnschedulable(decision, context)
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}

const bind = async ({ metadata }: Pod, node: string, { client, events }: ApplyContext): Promise<void> => {
  const { namespace = '', name, uid } = metadata
  // The server refuses a second binding and another pod of the name: correct with several schedulers too.
  await client.createSubresource(pods, namespace, name, 'binding', {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name, namespace, uid },
    target: { apiVersion: 'v1', kind: 'Node', name: node },
  })
  const regarding = { apiVersion: 'v1', kind: 'Pod', metadata }
  await events.record(regarding, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${node}`)
}

/** Holds the pod's room, and says on its claims and volumes how they are to come together. Whose work that is sees to the rest. */
const prepareVolumes = async (pod: Pod, node: string, { client, plan }: ApplyContext & { plan: VolumePlan }): Promise<void> => {
  const { namespace = '', name } = pod.metadata
  if (pod.status?.nominatedNodeName !== node) {
    const body = { metadata: { uid: pod.metadata.uid }, status: { nominatedNodeName: node } }
    await client.patch(pods, namespace, name, { type: 'strategic', body }, { subresource: 'status' })
  }
  // Each write is refused if the object has moved on: a volume that somebody else took is no longer free.
  for (const { claim, volume } of plan.bindings) {
    const taken = boundToClaim(volume, claim)
    if (taken) await client.update(persistentVolumes, taken)
  }
  for (const claim of plan.provisions) await client.update(persistentVolumeClaims, selecting(claim, node))
}

const reportUnschedulable = async (
  { pod: { pod, uid }, message, preemption }: Extract<Decision, { node?: undefined }>,
  context: ApplyContext,
): Promise<void> => {
  const { client, clock, events } = context
  const { namespace = '', name } = pod.metadata
  await events.record({ ...pod, apiVersion: 'v1', kind: 'Pod' }, 'Warning', 'FailedScheduling', message)
  if (preemption)
    for (const victim of preemption.victims) await evict(victim, { ...context, preemptor: uid, node: preemption.node })
  const condition: PodCondition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
    lastTransitionTime: timestamp(clock.now()),
    observedGeneration: pod.metadata.generation,
  }
  const nominatedNodeName = preemption?.node
  const before = pod.status?.conditions?.find(({ type }) => type === condition.type)
  const unchanged = before?.status === 'False' && before.reason === condition.reason && before.message === message
  if (unchanged && nominatedNodeName === undefined) return
  if (before?.status === 'False') condition.lastTransitionTime = before.lastTransitionTime
  const body = { status: { conditions: [condition], ...(nominatedNodeName ? { nominatedNodeName } : {}) } }
  await client.patch(pods, namespace, name, { type: 'strategic', body }, { subresource: 'status' })
}

const evict = async (
  { pod }: PodInfo,
  { client, clock, events, preemptor, node }: ApplyContext & { preemptor: string; node: string },
): Promise<void> => {
  const { namespace = '', name, uid = '' } = pod.metadata
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: `${pod.spec.schedulerName ?? 'default-scheduler'}: preempting to accommodate a higher priority pod`,
    lastTransitionTime: timestamp(clock.now()),
  }
  try {
    await client.patch(
      pods,
      namespace,
      name,
      { type: 'strategic', body: { status: { conditions: [condition] } } },
      { subresource: 'status' },
    )
    await client.delete(pods, namespace, name, { preconditions: { uid } })
  } catch (error) {
    if (isReason(error, 'NotFound', 'Conflict')) return
    throw error
  }
  await events.record(
    { ...pod, apiVersion: 'v1', kind: 'Pod' },
    'Normal',
    'Preempted',
    `Preempted by pod ${preemptor} on node ${node}`,
  )
}
