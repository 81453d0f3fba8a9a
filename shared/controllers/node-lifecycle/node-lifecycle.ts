import { isReason } from '../../meta/status.ts'
import { timestamp } from '../../platform/clock.ts'
import { type Node, nodes, type Pod, pods } from '../../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from '../controller.ts'
import { ownKey } from '../key.ts'
import { isPodReady } from '../pod-state.ts'
import { podsByNode } from '../pods-by-node.ts'
import { evictingSinceMs, healthTaints, isReady, readiness, silentConditions } from './health.ts'
import { evictionIntervalMs, isCutOff, type ZoneCount } from './zone-state.ts'

export interface NodeLifecycleOptions {
  readonly heartbeats: { all(): Promise<Map<string, number>> }
  /** a node may be silent so long; default 40 s */
  readonly graceMs?: number
  /** since when nodes could be heard at all: silence before does not count */
  readonly listeningSinceMs?: number
}

/** on a node that comes and goes: it says nothing of its zone */
const excludedLabel = 'node.kubernetes.io/exclude-disruption'
/** all zones at once; no node has such a name */
export const zonesKey = 'zones/'

/**
 * Finds nodes that went silent, and taints nodes by their conditions. Keys: names of nodes, and `zones/`, which alone begins to move
 * pods off nodes: one after the other in each zone, at upstream's rate.
 */
export const createNodeLifecycleController = (options: NodeLifecycleOptions): Controller => {
  const { heartbeats, graceMs = 40_000, listeningSinceMs = 0 } = options
  const heard = rememberFor(1000, () => heartbeats.all())
  return {
    name: 'node-lifecycle',
    eventComponent: 'node-controller',
    watches: [
      watch(nodes, (node, previous) => {
        // Whether pods are moved off a node depends on all nodes.
        const changed = !node || !previous || standing(node) !== standing(previous)
        return [...ownKey(node, previous), ...(changed ? [zonesKey] : [])]
      }),
    ],
    reconcile: async (key, context) => {
      if (key === zonesKey) return { requeueAfter: await evictFromZones(context) }
      let node = context.cache.get(nodes, '', key)
      if (!node) return undefined
      const nowMs = context.clock.now()
      const heardMs = (await heard(nowMs)).get(key) ?? 0
      const lastMs = Math.max(heardMs, listeningSinceMs, Date.parse(node.metadata.creationTimestamp ?? '') || 0)
      const silent = nowMs - lastMs >= graceMs
      if (silent) node = await noteSilence(node, context)
      await taint(node, 'keep', context)
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

const standing = (node: Node) =>
  `${readiness(node)} ${zoneName(node)} ${node.metadata.labels?.[excludedLabel]} ${evictingSinceMs(node) !== undefined}`

/** Begins to move pods off the next node of each zone that may; answers in how many milliseconds the next one is due. */
const evictFromZones = async (context: ReconcileContext): Promise<number | undefined> => {
  const all = context.cache.list(nodes)
  const zones = [...Map.groupBy(all, zoneName).values()]
  if (isCutOff(zones.map(countOf).filter(({ ready, notReady }) => ready + notReady > 0))) {
    for (const node of all) if (evictingSinceMs(node) !== undefined) await taint(node, 'end', context)
    return undefined
  }
  const nowMs = context.clock.now()
  const waits: number[] = []
  for (const zone of zones) {
    const intervalMs = evictionIntervalMs(countOf(zone))
    const [next, ...later] = zone.filter(isWaiting).toSorted(byTransition)
    if (intervalMs === undefined || !next) continue
    const lastMs = Math.max(...zone.map((node) => evictingSinceMs(node) ?? 0))
    // A time that lies ahead was written by another clock.
    const waitMs = Math.min(lastMs + intervalMs - nowMs, intervalMs)
    if (waitMs <= 0) await taint(next, 'begin', context)
    if (waitMs > 0 || later.length > 0) waits.push(waitMs > 0 ? waitMs : intervalMs)
  }
  return waits.length > 0 ? Math.min(...waits) : undefined
}

/** Not ready, and its pods still where they are. */
const isWaiting = (node: Node): boolean =>
  ['False', 'Unknown'].includes(readiness(node) ?? '') && evictingSinceMs(node) === undefined

const countOf = (zone: readonly Node[]): ZoneCount => {
  const counted = zone.filter(({ metadata }) => metadata.labels?.[excludedLabel] === undefined)
  const ready = counted.filter(isReady).length
  return { ready, notReady: counted.length - ready }
}

/** Who has been unready for longest is first. */
const byTransition = (a: Node, b: Node): number =>
  unreadySince(a).localeCompare(unreadySince(b)) || a.metadata.name.localeCompare(b.metadata.name)
const unreadySince = ({ status }: Node): string =>
  status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? ''

const noteSilence = async (node: Node, { client, clock, events }: ReconcileContext): Promise<Node> => {
  const conditions = silentConditions(node, timestamp(clock.now()))
  if (!conditions) return node
  const updated = await client.update(nodes, { ...node, status: { ...node.status, conditions } }, { subresource: 'status' })
  await events.record(node, 'Normal', 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`)
  return updated
}

const taint = async (node: Node, evict: 'begin' | 'keep' | 'end', { client, clock }: ReconcileContext): Promise<void> => {
  const taints = healthTaints(node, { evict, now: timestamp(clock.now()) })
  if (!taints) return
  const { name, resourceVersion } = node.metadata
  const body = { metadata: { resourceVersion }, spec: { taints: taints.length ? taints : null } }
  await client.patch(nodes, '', name, { type: 'merge', body })
}

const zoneName = ({ metadata: { labels = {} } }: Node) => ['region', 'zone'].map((kind) => placeIn(labels, kind)).join('/')
/** The older labels come first, as upstream has it. */
const placeIn = (labels: Readonly<Record<string, string>>, kind: string) =>
  labels[`failure-domain.beta.kubernetes.io/${kind}`] ?? labels[`topology.kubernetes.io/${kind}`] ?? ''

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
