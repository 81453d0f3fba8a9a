import type { Pod } from '../../resources/resource.ts'
import { isPodActive, isPodReady, podCondition } from '../pod-state.ts'

/** The `count` of the pods that are missed least, as upstream ranks them. `related` are the active pods of the same owner's ReplicaSets. */
export const podsToDelete = (options: { pods: readonly Pod[]; related: readonly Pod[]; count: number; nowMs: number }): Pod[] => {
  const { pods, related, count, nowMs } = options
  if (count >= pods.length) return [...pods]
  const onNode = new Map<string, number>()
  for (const pod of related)
    if (isPodActive(pod)) onNode.set(pod.spec.nodeName ?? '', (onNode.get(pod.spec.nodeName ?? '') ?? 0) + 1)
  const rank = (pod: Pod) => onNode.get(pod.spec.nodeName ?? '') ?? 0
  return [...pods].sort((a, b) => compare(a, b, { rank, nowMs })).slice(0, count)
}

interface Ranking {
  readonly rank: (pod: Pod) => number
  readonly nowMs: number
}

/** Negative: `a` goes first. */
const compare = (a: Pod, b: Pod, { rank, nowMs }: Ranking): number =>
  Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName)) ||
  phaseOrder(a) - phaseOrder(b) ||
  Number(isPodReady(a)) - Number(isPodReady(b)) ||
  deletionCost(a) - deletionCost(b) ||
  rank(b) - rank(a) ||
  (isPodReady(a) && isPodReady(b) ? compareAges(readyTime(a), readyTime(b), { a, b, nowMs }) : 0) ||
  compareRestarts(a, b) ||
  compareAges(a.metadata.creationTimestamp, b.metadata.creationTimestamp, { a, b, nowMs })

export const phaseOrder = ({ status }: Pod) => (status?.phase === 'Running' ? 2 : status?.phase === 'Unknown' ? 1 : 0)

const deletionCost = ({ metadata }: Pod) => {
  const text = metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost']
  return text !== undefined && /^(0|-?[1-9]\d{0,9})$/.test(text) ? Number(text) : 0
}

const readyTime = (pod: Pod) => podCondition(pod, 'Ready')?.lastTransitionTime ?? undefined

/** Ages are told apart by their order of magnitude only, so that among pods of about the same age chance (the uid) decides. */
const compareAges = (timeA: string | undefined, timeB: string | undefined, pair: { a: Pod; b: Pod; nowMs: number }): number => {
  if (timeA === timeB) return 0
  if (!timeA || !timeB) return timeA ? 1 : -1
  const difference = magnitude(pair.nowMs - Date.parse(timeA)) - magnitude(pair.nowMs - Date.parse(timeB))
  if (difference !== 0) return difference
  return (pair.a.metadata.uid ?? '') < (pair.b.metadata.uid ?? '') ? -1 : 1
}

const magnitude = (ageMs: number) => (ageMs <= 0 ? -1 : Math.floor(Math.log2(ageMs * 1e6)))

export const compareRestarts = (a: Pod, b: Pod): number => {
  const [regularA, sidecarA] = maxRestarts(a)
  const [regularB, sidecarB] = maxRestarts(b)
  return regularB - regularA || sidecarB - sidecarA
}

const maxRestarts = ({ spec, status }: Pod): [regular: number, sidecar: number] => {
  const sidecars = new Set(spec.initContainers?.filter((each) => each.restartPolicy === 'Always').map((each) => each.name))
  const regular = Math.max(0, ...(status?.containerStatuses ?? []).map((each) => each.restartCount))
  const sidecarStatuses = (status?.initContainerStatuses ?? []).filter((each) => sidecars.has(each.name))
  return [regular, Math.max(0, ...sidecarStatuses.map((each) => each.restartCount))]
}
