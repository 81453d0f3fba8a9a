import type { Cache } from '../../client/cache.ts'
import { isReason } from '../../meta/status.ts'
import { timestamp } from '../../platform/clock.ts'
import { type Node, nodes, type Pod, pods } from '../../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from '../controller.ts'
import { ownKey } from '../key.ts'
import { isPodReady } from '../pod-state.ts'
import { podsByNode } from '../pods-by-node.ts'
import { evictsFrom, healthTaints, isReady, readiness, silentConditions } from './health.ts'

export interface NodeLifecycleOptions {
  readonly heartbeats: { all(): Promise<Map<string, number>> }
  /** a node may be silent so long; default 40 s */
  readonly graceMs?: number
  /** since when nodes could be heard at all: silence before does not count */
  readonly listeningSinceMs?: number
}

/** Finds nodes that went silent, and taints nodes by their conditions. */
export const createNodeLifecycleController = (options: NodeLifecycleOptions): Controller => {
  const { heartbeats, graceMs = 40_000, listeningSinceMs = 0 } = options
  return {
    name: 'node-lifecycle',
    watches: [
      watch(nodes, (node, previous, cache) => {
        // Whether pods are moved depends on all nodes of a zone.
        const others =
          node && previous && isReady(node) === isReady(previous) ? [] : cache.list(nodes).map(({ metadata }) => metadata.name)
        return [...ownKey(node, previous), ...others]
      }),
    ],
    reconcile: async (name, context) => {
      let node = context.cache.get(nodes, '', name)
      if (!node) return undefined
      const nowMs = context.clock.now()
      const heardMs = (await heartbeats.all()).get(name) ?? 0
      const lastMs = Math.max(heardMs, listeningSinceMs, Date.parse(node.metadata.creationTimestamp ?? '') || 0)
      const silent = nowMs - lastMs >= graceMs
      if (silent) node = await noteSilence(node, context)
      await taint(node, context)
      if (readiness(node) === 'Unknown') await markPodsNotReady(node, context)
      return { requeueAfter: silent ? graceMs : lastMs + graceMs - nowMs }
    },
  }
}

const noteSilence = async (node: Node, { client, clock, events }: ReconcileContext): Promise<Node> => {
  const conditions = silentConditions(node, timestamp(clock.now()))
  if (!conditions) return node
  const updated = await client.update(nodes, { ...node, status: { ...node.status, conditions } }, { subresource: 'status' })
  await events.record(node, 'Normal', 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`)
  return updated
}

const taint = async (node: Node, { client, cache, clock }: ReconcileContext): Promise<void> => {
  const evict = evictsFrom(zoneOf(node, cache))
  const taints = healthTaints(node, { evict, now: timestamp(clock.now()) })
  if (!taints) return
  const { name, resourceVersion } = node.metadata
  const body = { metadata: { resourceVersion }, spec: { taints: taints.length ? taints : null } }
  await client.patch(nodes, '', name, { type: 'merge', body })
}

const zoneOf = (node: Node, cache: Cache): { ready: number; notReady: number } => {
  const zone = zoneName(node)
  // The node as it is now; the cache may not have what was just written.
  const all = [
    node,
    ...cache.list(nodes).filter((other) => other.metadata.name !== node.metadata.name && zoneName(other) === zone),
  ]
  const ready = all.filter(isReady).length
  return { ready, notReady: all.length - ready }
}

const zoneName = ({ metadata }: Node) =>
  `${metadata.labels?.['topology.kubernetes.io/region'] ?? ''}/${metadata.labels?.['topology.kubernetes.io/zone'] ?? ''}`

/** Services must not send anything to pods of which nobody knows. */
const markPodsNotReady = async (node: Node, { client, cache, clock, events }: ReconcileContext): Promise<void> => {
  const lastTransitionTime = timestamp(clock.now())
  const mark = async (pod: Pod) => {
    const { namespace = '', name, uid } = pod.metadata
    const condition = {
      ...pod.status?.conditions?.find(({ type }) => type === 'Ready'),
      type: 'Ready',
      status: 'False',
      lastTransitionTime,
    }
    const body = { metadata: { uid }, status: { conditions: [condition] } }
    try {
      await client.patch(pods, namespace, name, { type: 'strategic', body }, { subresource: 'status' })
      await events.record(pod, 'Warning', 'NodeNotReady', 'Node is not ready')
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
    }
  }
  await Promise.all(cache.byIndex(podsByNode, node.metadata.name).filter(isPodReady).map(mark))
}
