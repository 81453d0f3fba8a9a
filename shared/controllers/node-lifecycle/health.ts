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

const isEvicting = ({ key, effect }: Taint): boolean => effect === 'NoExecute' && evicting.includes(key)

/** Since when pods are moved off a node because it is not ready; undefined: they are not. */
export const evictingSinceMs = ({ spec }: Node): number | undefined => {
  const found = spec.taints?.find(isEvicting)
  return found && (Date.parse(found.timeAdded ?? '') || 0)
}

/**
 * The taints that a node's conditions call for beside those that others set; undefined: it has them. `evict` says whether pods are
 * moved off one that is not ready from now on, as before, or no longer.
 */
export const healthTaints = (
  node: Node,
  { evict, now }: { evict: 'begin' | 'keep' | 'end'; now: string },
): Taint[] | undefined => {
  const before = node.spec.taints ?? []
  const evicts = evict === 'begin' || (evict === 'keep' && before.some(isEvicting))
  const holds = ([type, status]: readonly [string, string, string]) =>
    node.status?.conditions?.some((condition) => condition.type === type && condition.status === status)
  const keys = conditionTaints.filter(holds).map(([, , key]) => key)
  const wanted: Taint[] = [...keys, ...(node.spec.unschedulable ? [unschedulable] : [])].map((key) => ({
    key,
    effect: 'NoSchedule',
  }))
  if (evicts) for (const key of keys) if (evicting.includes(key)) wanted.push({ key, effect: 'NoExecute' })
  const isOurs = (taint: Taint) => (taint.effect === 'NoSchedule' && scheduling.includes(taint.key)) || isEvicting(taint)
  const same = (a: Taint) => (b: Taint) => a.key === b.key && a.effect === b.effect
  const kept = before.filter((taint) => !isOurs(taint) || wanted.some(same(taint)))
  const added = wanted.filter((taint) => !before.some(same(taint)))
  return kept.length === before.length && added.length === 0
    ? undefined
    : [...kept, ...added.map((taint) => ({ ...taint, timeAdded: now }))]
}
