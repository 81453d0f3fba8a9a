import { fitMessage, noNodesMessage } from './fit-error.ts'
import { GroupEvaluation, type Plugins } from './group-evaluation.ts'
import { type NodeInfo, withoutPod, withPod } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'
import { findPreemption, notHelpful, type Preemption } from './preemption.ts'
import { type Draft, draftOf, type Snapshot } from './snapshot.ts'
import type { VolumePlan } from './volume-state.ts'

export interface DecideInput {
  readonly snapshot: Snapshot
  /** the most urgent first */
  readonly pods: readonly PodInfo[]
  /** pods that wait for room made for them on a node (`status.nominatedNodeName`) */
  readonly nominated: readonly PodInfo[]
  readonly plugins: Plugins
  readonly random: () => number
}

export type Decision =
  | {
      readonly pod: PodInfo
      readonly node: string
      /** what has to be there first; the pod keeps its room meanwhile */
      readonly volumes?: VolumePlan | undefined
    }
  | { readonly pod: PodInfo; readonly node?: undefined; readonly message: string; readonly preemption?: Preemption | undefined }

/** what upstream's two plugins after the filters say, one after the other */
const postFilterPrefix = 'no new claims to deallocate, preemption: '

/** Picks a node for each pod, every one counting on those before it. Pure. */
export const decide = ({ snapshot, pods, nominated, plugins, random }: DecideInput): Decision[] => {
  const draft = draftOf(snapshot)
  const decisions: Decision[] = []
  const waiting = [...nominated].sort((a, b) => b.priority - a.priority)
  const reserved = new Set<string>()
  let group: { key: string; evaluation: GroupEvaluation; failure?: Decision | undefined } | undefined
  for (const pod of grouped(pods)) {
    const key = keyOf(pod)
    if (reserve(draft, { waiting, reserved, pod }) || group?.key !== key)
      group = { key, evaluation: new GroupEvaluation(pod, draft, plugins) }
    if (group.failure) {
      decisions.push({ ...group.failure, pod })
      continue
    }
    const { evaluation } = group
    const refusal = refusalOf(pod, plugins, draft)
    if (refusal !== undefined) {
      group.failure = { pod, message: refusalMessage(draft, refusal) }
      decisions.push(group.failure)
      continue
    }
    const index = nominatedIndex(pod, draft, evaluation) ?? evaluation.best(random)
    if (index !== undefined) {
      const node = draft.nodes[index]!
      const volumes = planOf(pod, node, { plugins, draft })
      if (volumes) draft.lookups.volumes.assume(volumes, node.name)
      evaluation.place(pod, index)
      decisions.push({ pod, node: node.name, ...(volumes && { volumes }) })
      continue
    }
    const failure = explain(pod, draft, evaluation)
    decisions.push(failure)
    if (!failure.preemption) group.failure = failure
    else {
      waiting.push(pod)
      reserveOn(draft, failure.preemption.node, pod)
      reserved.add(pod.uid)
      group = undefined
    }
  }
  return decisions
}

const refusalOf = (pod: PodInfo, { filters }: Plugins, draft: Draft): string | undefined => {
  for (const filter of filters) {
    const refusal = filter.refuse?.(pod, draft)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

const planOf = (pod: PodInfo, node: NodeInfo, { plugins, draft }: { plugins: Plugins; draft: Draft }): VolumePlan | undefined => {
  for (const filter of plugins.filters) {
    const plan = filter.reserve?.(pod, node, draft)
    if (plan) return plan
  }
  return undefined
}

const refusalMessage = ({ nodes }: Draft, refusal: string): string =>
  nodes.length === 0
    ? noNodesMessage
    : `0/${nodes.length} nodes are available: ${refusal}. ${postFilterPrefix}${fitMessage(nodes.map(() => notHelpful))}`

/** Pods of one priority that are alike stand together, where the first of them stood. */
const grouped = (pods: readonly PodInfo[]): PodInfo[] => {
  const groups = new Map<string, PodInfo[]>()
  for (const pod of pods) {
    const key = `${pod.priority} ${keyOf(pod)}`
    const members = groups.get(key)
    if (members) members.push(pod)
    else groups.set(key, [pod])
  }
  return [...groups.values()].flat()
}

const keyOf = ({ signature, uid, pod }: PodInfo) => (pod.status?.nominatedNodeName ? `${uid} ${signature}` : signature)

/** Keeps room for nominated pods that are at least as important; true: the draft has changed. */
const reserve = (draft: Draft, state: { waiting: readonly PodInfo[]; reserved: Set<string>; pod: PodInfo }): boolean => {
  const { waiting, reserved, pod } = state
  let changed = false
  for (const other of waiting) {
    if (other.priority < pod.priority) break
    if (reserved.has(other.uid) || other.uid === pod.uid) continue
    reserved.add(other.uid)
    reserveOn(draft, other.pod.status?.nominatedNodeName ?? '', other)
    changed = true
  }
  const node = draft.indexOf(pod.pod.status?.nominatedNodeName ?? '')
  if (!reserved.has(pod.uid) || node === undefined) return changed
  reserved.delete(pod.uid)
  draft.replace(node, withoutPod(draft.nodes[node]!, pod.uid))
  return true
}

const reserveOn = (draft: Draft, name: string, pod: PodInfo) => {
  const index = draft.indexOf(name)
  if (index !== undefined) draft.replace(index, withPod(draft.nodes[index]!, pod))
}

const nominatedIndex = ({ pod }: PodInfo, draft: Draft, { rejections }: GroupEvaluation): number | undefined => {
  const index = pod.status?.nominatedNodeName ? draft.indexOf(pod.status.nominatedNodeName) : undefined
  return index !== undefined && rejections[index] === undefined ? index : undefined
}

const explain = (pod: PodInfo, draft: Draft, evaluation: GroupEvaluation) => {
  if (draft.nodes.length === 0) return { pod, message: noNodesMessage }
  const message = fitMessage(evaluation.rejections)
  const preemption = findPreemption(pod, draft, evaluation)
  if ('node' in preemption) return { pod, message, preemption }
  return { pod, message: `${message} ${postFilterPrefix}${preemption.message}` }
}
