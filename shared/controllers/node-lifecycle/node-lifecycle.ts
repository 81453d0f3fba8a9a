import type { Cache, Index } from '../../client/cache.ts'
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

/** Finds nodes that went silent, and taints nodes by their conditions. Keys: names of nodes, and `zone <region>/<zone>`. */
export const createNodeLifecycleController = (options: NodeLifecycleOptions): Controller => {
  const { heartbeats, graceMs = 40_000, listeningSinceMs = 0 } = options
  const heard = rememberFor(1000, () => heartbeats.all())
  return {
    name: 'node-lifecycle',
    eventComponent: 'node-controller',
    watches: [
      watch(nodes, (node, previous) => {
        // Whether pods are moved depends on all nodes of a zone.
        const zoneChanged = !node || !previous || isReady(node) !== isReady(previous) || zoneName(node) !== zoneName(previous)
        return [...ownKey(node, previous), ...(zoneChanged ? [`${zonePrefix}${zoneName((node ?? previous)!)}`] : [])]
      }),
    ],
    reconcile: async (key, context) => {
      if (key.startsWith(zonePrefix)) return taintZone(key.slice(zonePrefix.length), context)
      let node = context.cache.get(nodes, '', key)
      if (!node) return undefined
      const nowMs = context.clock.now()
      const heardMs = (await heard(nowMs)).get(key) ?? 0
      const lastMs = Math.max(heardMs, listeningSinceMs, Date.parse(node.metadata.creationTimestamp ?? '') || 0)
      const silent = nowMs - lastMs >= graceMs
      if (silent) node = await noteSilence(node, context)
      await taint(node, context)
      if (readiness(node) === 'Unknown') await markPodsNotReady(node, context)
      return { requeueAfter: silent ? graceMs : lastMs + graceMs - nowMs }
    },
  }
}

/** Thousands of nodes are looked at one by one and share the answer. */
const rememberFor = <T>(ms: number, ask: () => Promise<T>) => {
  let last: { atMs: number; answer: Promise<T> } | undefined
  return (nowMs: number): Promise<T> => {
    if (!last || nowMs - last.atMs >= ms) last = { atMs: nowMs, answer: ask() }
    return last.answer
  }
}

const zonePrefix = 'zone '

const nodesByZone: Index<Node> = { name: 'zone', resource: nodes, valuesOf: (node) => [zoneName(node)] }

const taintZone = async (zone: string, context: ReconcileContext): Promise<void> => {
  for (const node of context.cache.byIndex(nodesByZone, zone)) if (!isReady(node)) await taint(node, context)
}

const noteSilence = async (node: Node, { client, clock, events }: ReconcileContext): Promise<Node> => {
  const conditions = silentConditions(node, timestamp(clock.now()))
  if (!conditions) return node
  const updated = await client.update(nodes, { ...node, status: { ...node.status, conditions } }, { subresource: 'status' })
  await events.record(node, 'Normal', 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`)
  return updated
}

const taint = async (node: Node, { client, cache, clock }: ReconcileContext): Promise<void> => {
  const evict = !isReady(node) && evictsFrom(countZone(node, cache))
  const taints = healthTaints(node, { evict, now: timestamp(clock.now()) })
  if (!taints) return
  const { name, resourceVersion } = node.metadata
  const body = { metadata: { resourceVersion }, spec: { taints: taints.length ? taints : null } }
  await client.patch(nodes, '', name, { type: 'merge', body })
}

const countZone = (node: Node, cache: Cache): { ready: number; notReady: number } => {
  // The node as it is now; the cache may not have what was just written.
  const others = cache.byIndex(nodesByZone, zoneName(node)).filter(({ metadata }) => metadata.name !== node.metadata.name)
  const ready = [node, ...others].filter(isReady).length
  return { ready, notReady: others.length + 1 - ready }
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
