import type { NodeCondition, Taint } from '../../resources/generated/types.ts'
import type { Node } from '../../resources/resource.ts'

/** what a node's silence leaves unknown */
const watched = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/** The conditions of a node that has not been heard of for too long; undefined: they say so already. */
export const silentConditions = ({ status, metadata }: Node, now: string): NodeCondition[] | undefined => {
  const conditions = status?.conditions ?? []
  const missing = watched
    .filter((type) => !conditions.some((condition) => condition.type === type))
    .map((type) => unknown({ type, status: '', lastHeartbeatTime: metadata.creationTimestamp }, 'NodeStatusNeverUpdated', now))
  const changed = conditions.map((condition) =>
    watched.includes(condition.type) && condition.status !== 'Unknown' ? unknown(condition, 'NodeStatusUnknown', now) : condition,
  )
  return missing.length || changed.some((condition, index) => condition !== conditions[index])
    ? [...changed, ...missing]
    : undefined
}

const messages: Readonly<Record<string, string>> = {
  NodeStatusUnknown: 'Kubelet stopped posting node status.',
  NodeStatusNeverUpdated: 'Kubelet never posted node status.',
}

const unknown = (condition: NodeCondition, reason: string, now: string): NodeCondition => ({
  ...condition,
  status: 'Unknown',
  reason,
  message: messages[reason],
  lastTransitionTime: now,
})

const conditionTaints: readonly (readonly [type: string, status: string, key: string])[] = [
  ['Ready', 'False', 'node.kubernetes.io/not-ready'],
  ['Ready', 'Unknown', 'node.kubernetes.io/unreachable'],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
]
const unschedulable = 'node.kubernetes.io/unschedulable'
const evicting = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
const scheduling = [...conditionTaints.map(([, , key]) => key), unschedulable]

export const isReady = (node: Node): boolean => readiness(node) === 'True'
export const readiness = ({ status }: Node): string | undefined =>
  status?.conditions?.find(({ type }) => type === 'Ready')?.status

/**
 * The taints that a node's conditions call for beside those that others set; undefined: it has them. `evict` false: pods are
 * left where they are, for a cluster where nothing is ready is cut off itself.
 */
export const healthTaints = (node: Node, { evict, now }: { evict: boolean; now: string }): Taint[] | undefined => {
  const before = node.spec.taints ?? []
  const holds = ([type, status]: readonly [string, string, string]) =>
    node.status?.conditions?.some((condition) => condition.type === type && condition.status === status)
  const keys = conditionTaints.filter(holds).map(([, , key]) => key)
  const wanted: Taint[] = [...keys, ...(node.spec.unschedulable ? [unschedulable] : [])].map((key) => ({
    key,
    effect: 'NoSchedule',
  }))
  if (evict) for (const key of keys) if (evicting.includes(key)) wanted.push({ key, effect: 'NoExecute' })
  const isOurs = ({ key, effect }: Taint) =>
    (effect === 'NoSchedule' && scheduling.includes(key)) || (effect === 'NoExecute' && evicting.includes(key))
  const same = (a: Taint) => (b: Taint) => a.key === b.key && a.effect === b.effect
  const kept = before.filter((taint) => !isOurs(taint) || wanted.some(same(taint)))
  const added = wanted.filter((taint) => !before.some(same(taint)))
  return kept.length === before.length && added.length === 0
    ? undefined
    : [...kept, ...added.map((taint) => ({ ...taint, timeAdded: now }))]
}

/** Whether pods are to be moved off unready nodes of a zone, from how many of its nodes are (not) ready. */
export const evictsFrom = (zone: { ready: number; notReady: number }): boolean => {
  const { ready, notReady } = zone
  if (ready === 0) return false
  // In a small cluster that loses most of its nodes, moving everything to the rest makes it worse.
  return !(notReady > 2 && notReady / (ready + notReady) >= 0.55 && ready + notReady <= 50)
}
