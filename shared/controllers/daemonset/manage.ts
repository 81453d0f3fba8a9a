import type { DaemonSet, Node, Pod } from '../../resources/resource.ts'
import { isPodReady, isPodTerminal, untilAvailableMs } from '../pod-state.ts'
import { backOffOf, hashLabel, isUpdated, targetNode } from './daemon-pod.ts'
import { placementOf } from './placement.ts'
import { allowsSurge } from './rolling-limits.ts'

export interface DaemonInput {
  readonly set: DaemonSet
  /** of the current template */
  readonly hash: string
  readonly nodes: readonly Node[]
  /** all that the set manages */
  readonly pods: readonly Pod[]
  readonly nowMs: number
}

export interface DaemonPlan {
  readonly create: readonly { readonly node: string; readonly backOffMs?: number | undefined }[]
  readonly delete: readonly Pod[]
  /** pods that have ended and are to go, with what they ended as */
  readonly ended: readonly { readonly pod: Pod; readonly node: string; readonly phase: 'Failed' | 'Succeeded' }[]
  /** milliseconds until a failed pod may go */
  readonly waitMs: number | undefined
}

const firstBackOffMs = 1000
const longestBackOffMs = 900_000

/** Pods by the node that they are for; those that have ended and are about to go count for nothing. */
export const podsByTarget = (pods: readonly Pod[]): Map<string, Pod[]> => {
  const known = pods.filter((pod) => !(isPodTerminal(pod) && pod.metadata.deletionTimestamp))
  const byNode = Map.groupBy(known, (pod) => targetNode(pod) ?? '')
  byNode.delete('')
  return byNode
}

/** Brings each node to one pod, or none. */
export const planNodes = (input: DaemonInput): DaemonPlan => {
  const { set, nodes, pods } = input
  const place = placementOf(set)
  const byNode = podsByTarget(pods)
  const plans = nodes.map((node) => {
    const { runs, stays } = place(node)
    const there = byNode.get(node.metadata.name)
    if (runs && !there) return { ...nothing, create: [{ node: node.metadata.name }] }
    if (stays) return planNode(node.metadata.name, there ?? [], { ...input, runs })
    return { ...nothing, delete: (there ?? []).filter(isStaying) }
  })
  const known = new Set(nodes.map(({ metadata }) => metadata.name))
  // Nobody else removes what waits for a node that is gone.
  const stranded = [...byNode].flatMap(([node, there]) => (known.has(node) ? [] : there.filter(({ spec }) => !spec.nodeName)))
  const waits = plans.flatMap(({ waitMs }) => waitMs ?? [])
  return {
    create: plans.flatMap((plan) => plan.create),
    delete: [...plans.flatMap((plan) => plan.delete), ...stranded],
    ended: plans.flatMap((plan) => plan.ended),
    waitMs: waits.length > 0 ? Math.min(...waits) : undefined,
  }
}

const nothing: DaemonPlan = { create: [], delete: [], ended: [], waitMs: undefined }
const isStaying = ({ metadata }: Pod) => !metadata.deletionTimestamp

const planNode = (node: string, there: readonly Pod[], input: DaemonInput & { runs: boolean }): DaemonPlan => {
  const { set, runs } = input
  const staying = there.filter(isStaying)
  const running = staying.filter((pod) => !isPodTerminal(pod)).sort(oldestScheduledFirst)
  const failed = staying.filter(({ status }) => status?.phase === 'Failed').map((pod) => ({ pod, ...retryOf(pod, input) }))
  const due = failed.filter(({ waitMs }) => waitMs === 0)
  const ended = [
    ...due.map(({ pod }) => ({ pod, node, phase: 'Failed' as const })),
    ...staying.filter(({ status }) => status?.phase === 'Succeeded').map((pod) => ({ pod, node, phase: 'Succeeded' as const })),
  ]
  const waits = failed.flatMap(({ waitMs }) => (waitMs > 0 ? waitMs : []))
  const surplus = allowsSurge(set) ? surgeSurplus(running, input) : running.slice(1)
  // What comes in the place of the failed has to know of it; where there is no surge all others on the node have to be gone.
  const free = allowsSurge(set) ? running.length === 0 : ended.length > 0 && ended.length === there.length
  const backOffMs = due.length > 0 ? Math.max(...due.map(({ nextMs }) => nextMs)) : undefined
  return {
    create: runs && free && waits.length === 0 ? [{ node, backOffMs }] : [],
    delete: [...ended.map(({ pod }) => pod), ...surplus],
    ended,
    waitMs: waits.length > 0 ? Math.min(...waits) : undefined,
  }
}

/** How long a failed pod is kept, and the one in its place if that fails too: who is refused by its node would come back at once, for ever. */
const retryOf = (pod: Pod, { set, hash, nowMs }: DaemonInput): { waitMs: number; nextMs: number } => {
  const before = isUpdated(pod, set, hash) ? backOffOf(pod) : 0
  const ageMs = nowMs - Date.parse(pod.metadata.creationTimestamp ?? '')
  const nextMs = before === 0 || ageMs > 2 * longestBackOffMs ? firstBackOffMs : Math.min(2 * before, longestBackOffMs)
  return { waitMs: Math.max(0, before - ageMs), nextMs }
}

/** Two may be on a node while the new one is not available and the old one still is ready. */
const surgeSurplus = (running: readonly Pod[], { set, hash, nowMs }: DaemonInput): Pod[] => {
  if (running.length <= 1) return []
  const [newest, old] = [true, false].map((isNew) =>
    running.find(({ metadata }) => (metadata.labels?.[hashLabel] === hash) === isNew),
  )
  const surplus = running.filter((pod) => pod !== newest && pod !== old)
  if (!newest || !old) return surplus
  const available = untilAvailableMs(newest, set.spec.minReadySeconds ?? 0, nowMs) === 0
  return !isPodReady(old) || available ? [...surplus, old] : surplus
}

/** The first is the one that counts. */
export const oldestScheduledFirst = (a: Pod, b: Pod): number =>
  Number(Boolean(b.spec.nodeName)) - Number(Boolean(a.spec.nodeName)) ||
  compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
  compare(a.metadata.name, b.metadata.name)

const compare = (a = '', b = '') => (a < b ? -1 : a > b ? 1 : 0)
