import type { Cache } from '../client/cache.ts'
import type { Client } from '../client/client.ts'
import type { EventSink } from '../controllers/event/event-recorder.ts'
import { isPodActive } from '../controllers/pod-state.ts'
import { podsByNode } from '../controllers/pods-by-node.ts'
import { isReason } from '../meta/status.ts'
import { removalTaint } from '../placement/annotation.ts'
import { type Clock, timestamp } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'
import { nodeOfDirectory } from '../resources/core/volume/local-directory.ts'
import { type Node, nodes, type Pod, persistentVolumes } from '../resources/resource.ts'
import { ClusterState } from '../scheduler/cluster-state.ts'
import { createPodInfo } from '../scheduler/pod-info.ts'
import type { Snapshot } from '../scheduler/snapshot.ts'
import { whenLoaded } from '../storage/when-loaded.ts'
import { instanceOf, membersOf } from './membership.ts'
import type { NodeGroup, NodeGroupState, NodeShape } from './node-group.ts'
import { decideScaleDown, idleSinceAnnotation } from './scale-down.ts'
import { decideScaleUp, type ScaleUp } from './scale-up.ts'

export interface ScaleNodesOptions {
  readonly group: NodeGroup
  readonly cache: Cache
  readonly client: Client
  readonly events: EventSink
  readonly clock: Clock
  readonly log: Logger
}

/** as upstream's cluster-autoscaler: an instance that is no node after so long never will be */
const joinsWithinMs = 15 * 60_000
const minuteMs = 60_000

/** Makes the group larger for pods that find no room, and smaller when nodes idle. To be called each minute; undefined state: no group. */
export const scaleNodes = async (options: ScaleNodesOptions, state: NodeGroupState | undefined): Promise<void> => {
  if (!state) return
  const { cache, events } = options
  const view = await whenLoaded(cache, () => viewOf(cache))
  const { unregistered } = membersOf(state, view.nodes)
  // What the group is after that, the next minute finds.
  if (unregistered.length > 0 && (await removeStrays(options, unregistered))) return
  const raised = view.waiting.length > 0 && (await scaleUp(options, state, view))
  if (!raised) await scaleDown(options, state, view)
  await events.flush()
}

interface View {
  readonly nodes: readonly Node[]
  readonly waiting: readonly Pod[]
  readonly podsOn: (node: string) => readonly Pod[]
}

const viewOf = (cache: Cache): View => {
  const waiting = cache.byIndex(podsByNode, '').filter(wantsNode)
  return {
    nodes: cache.list(nodes),
    waiting,
    podsOn: (node) => cache.byIndex(podsByNode, node),
  }
}

const snapshotOf = (cache: Cache): Snapshot => {
  const state = new ClusterState(cache)
  state.load(cache)
  return state.snapshot()
}

/** Directories that claims have, or had and are to be kept. */
const volumesIn = (cache: Cache) => (node: string) =>
  cache.list(persistentVolumes).some((volume) => !volume.metadata.deletionTimestamp && nodeOfDirectory(volume) === node)

const wantsNode = (pod: Pod): boolean =>
  isPodActive(pod) && !pod.spec.schedulingGates?.length && (pod.spec.schedulerName ?? 'default-scheduler') === 'default-scheduler'

/** Whether the group was made larger. */
const scaleUp = async (options: ScaleNodesOptions, state: NodeGroupState, view: View): Promise<boolean> => {
  const { group, cache, log, clock } = options
  const { members, onTheirWay } = membersOf(state, view.nodes)
  const pods = view.waiting.map(createPodInfo)
  const shape = shapeFrom(members) ?? (await group.freshNode())
  const room = Math.max(0, state.maximum - state.desired)
  // Some pods make the scheduler look at Services, ReplicaSets and namespaces.
  const decision = await whenLoaded(cache, () => decideScaleUp({ snapshot: snapshotOf(cache), pods, shape, onTheirWay, room }))
  const desired = state.desired + decision.more
  if (decision.more > 0) {
    await group.resize(desired)
    log.info('made the node group larger', { group: state.name, from: state.desired, to: desired })
  }
  await tell(options, {
    decision,
    nowMs: clock.now(),
    change: `[{${state.name} ${state.desired}->${desired} (max: ${state.maximum})}]`,
  })
  return decision.more > 0
}

/** Instances that never became nodes make room for others. Whether there was one. */
const removeStrays = async ({ group, clock, log }: ScaleNodesOptions, unregistered: readonly string[]): Promise<boolean> => {
  const launches = await group.launches()
  const strays = unregistered.filter((id) => clock.now() - (launches.get(id) ?? clock.now()) > joinsWithinMs)
  for (const id of strays) {
    log.warn('an instance did not become a node in time and is taken away', { instance: id })
    await group.remove(id)
  }
  return strays.length > 0
}

/** A node that has joined says best what the next one will offer. */
const shapeFrom = (members: readonly Node[]): NodeShape | undefined => {
  const node = members.find(({ status }) => status?.allocatable?.cpu !== undefined)
  if (!node) return undefined
  const { 'kubernetes.io/hostname': _, ...labels } = node.metadata.labels ?? {}
  return { allocatable: node.status?.allocatable ?? {}, labels }
}

const tell = async (
  { events }: ScaleNodesOptions,
  { decision, change, nowMs }: { decision: ScaleUp; change: string; nowMs: number },
): Promise<void> => {
  const recorder = events.recorder('cluster-autoscaler')
  for (const { pod } of decision.triggering)
    await recorder.record(pod, 'Normal', 'TriggeredScaleUp', `pod triggered scale-up: ${change}`)
  for (const { pod, reason } of decision.hopeless) {
    const minutes = Math.floor((nowMs - Date.parse(pod.pod.metadata.creationTimestamp ?? '')) / minuteMs)
    // Every Event is a write that somebody pays for.
    if (minutes > 1 && minutes % 10 !== 0) continue
    await recorder.record(pod.pod, 'Normal', 'NotTriggerScaleUp', `pod didn't trigger scale-up: ${reason}`)
  }
}

const scaleDown = async (options: ScaleNodesOptions, state: NodeGroupState, view: View): Promise<void> => {
  const { group, cache, clock, events, log } = options
  const { members } = membersOf(state, view.nodes)
  const spare = Math.max(0, state.desired - state.minimum)
  const { begin, end, close, remove } = await whenLoaded(cache, () =>
    decideScaleDown({ nodes: members, podsOn: view.podsOn, hasVolumes: volumesIn(cache), spare, nowMs: clock.now() }),
  )
  const note = { annotations: { [idleSinceAnnotation]: timestamp(clock.now()) } }
  for (const node of begin) await change(options, node, { metadata: note })
  for (const node of end) {
    const taints = node.spec.taints?.filter(({ key }) => key !== removalTaint) ?? []
    await change(options, node, { metadata: { annotations: { [idleSinceAnnotation]: null } }, spec: { taints } })
  }
  for (const node of close) {
    const taint = { key: removalTaint, value: String(Math.floor(clock.now() / 1000)), effect: 'NoSchedule' }
    await change(options, node, { spec: { taints: [...(node.spec.taints ?? []), taint] } })
  }
  for (const node of remove) {
    const { name } = node.metadata
    log.info('takes an idle node away', { node: name })
    await events.recorder('cluster-autoscaler').record(node, 'Normal', 'ScaleDown', 'node removed by cluster autoscaler')
    // What still runs there is evicted before the machine goes: its group waits for that.
    await group.remove(instanceOf(node) ?? name)
  }
}

const change = async ({ client }: ScaleNodesOptions, node: Node, body: Record<string, unknown>): Promise<void> => {
  const { name, resourceVersion } = node.metadata
  const { metadata = {} } = body as { metadata?: Record<string, unknown> }
  try {
    await client.patch(nodes, '', name, { type: 'merge', body: { ...body, metadata: { ...metadata, resourceVersion } } })
  } catch (error) {
    // It has changed or gone: the next minute looks again.
    if (!isReason(error, 'NotFound') && !isReason(error, 'Conflict')) throw error
  }
}
