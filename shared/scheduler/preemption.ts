import type { Pod } from '../resources/resource.ts'
import { fitMessage } from './fit-error.ts'
import { firstRejection, type GroupEvaluation } from './group-evaluation.ts'
import { type NodeInfo, withoutPod, withPod } from './node-info.ts'
import type { Filter, Rejection } from './plugin.ts'
import { resolvable, unresolvable } from './plugin.ts'
import type { PodInfo } from './pod-info.ts'
import type { Draft } from './snapshot.ts'

export interface Preemption {
  readonly node: string
  readonly victims: readonly PodInfo[]
}

export const notHelpful = unresolvable('Preemption is not helpful for scheduling')
const noVictims = unresolvable('No preemption victims found for incoming pod')

/** Pods of lower priority whose leaving would make room on some node, as few and as unimportant as possible; or why there are none. */
export const findPreemption = (
  pod: PodInfo,
  draft: Draft,
  { filters, rejections }: Pick<GroupEvaluation, 'filters' | 'rejections'>,
): Preemption | { readonly message: string } => {
  const refusal = notEligible(pod, draft)
  if (refusal) return { message: refusal }
  const candidates: Preemption[] = []
  const outcomes: Rejection[] = []
  for (const [index, node] of draft.nodes.entries()) {
    if (rejections[index]?.unresolvable) outcomes.push(notHelpful)
    else {
      const victims = selectVictims(pod, node, filters)
      if ('reasons' in victims) outcomes.push(victims)
      else candidates.push({ node: node.name, victims })
    }
  }
  return candidates.sort(compareCandidates)[0] ?? { message: fitMessage(outcomes) }
}

const notEligible = ({ pod, priority }: PodInfo, draft: Draft): string | undefined => {
  if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  const nominated = draft.indexOf(pod.status?.nominatedNodeName ?? '')
  const waitsFor = nominated === undefined ? [] : draft.nodes[nominated]!.pods
  return waitsFor.some((other) => other.priority < priority && leavesByPreemption(other.pod))
    ? 'not eligible due to a terminating pod on the nominated node.'
    : undefined
}

const leavesByPreemption = ({ metadata, status }: Pod) =>
  metadata.deletionTimestamp !== undefined &&
  (status?.conditions ?? []).some(
    ({ type, status, reason }) => type === 'DisruptionTarget' && status === 'True' && reason === 'PreemptionByScheduler',
  )

/** Takes all that are less important off the node, then lets back as many as it can, the most important first. */
const selectVictims = (pod: PodInfo, node: NodeInfo, filters: readonly Filter[]): PodInfo[] | Rejection => {
  const lower = node.pods.filter(({ priority }) => priority < pod.priority)
  if (lower.length === 0) return noVictims
  let current = node
  const remove = (other: PodInfo) => {
    current = withoutPod(current, other.uid)
    for (const filter of filters) filter.removed?.(other, current)
  }
  const add = (other: PodInfo) => {
    current = withPod(current, other)
    for (const filter of filters) filter.added?.(other, current)
  }
  for (const other of lower) remove(other)
  const rejection = firstRejection(filters, current)
  const victims: PodInfo[] = []
  if (!rejection)
    for (const other of lower.sort(moreImportantFirst)) {
      add(other)
      if (!firstRejection(filters, current)) continue
      remove(other)
      victims.push(other)
    }
  // The filters are used for the next node: leave them as they were.
  for (const other of rejection ? lower : victims) add(other)
  return rejection ? resolvable(...rejection.reasons) : victims
}

const startOf = ({ pod }: PodInfo) => pod.status?.startTime ?? pod.metadata.creationTimestamp ?? ''

const moreImportantFirst = (a: PodInfo, b: PodInfo) => b.priority - a.priority || (startOf(a) < startOf(b) ? -1 : 1)

const compareCandidates = (a: Preemption, b: Preemption): number =>
  highest(a) - highest(b) ||
  sumOf(a) - sumOf(b) ||
  a.victims.length - b.victims.length ||
  (earliestOfHighest(a) > earliestOfHighest(b) ? -1 : earliestOfHighest(a) < earliestOfHighest(b) ? 1 : 0)

const highest = ({ victims }: Preemption) => Math.max(...victims.map(({ priority }) => priority))
const sumOf = ({ victims }: Preemption) => victims.reduce((sum, { priority }) => sum + priority + 2 ** 31, 0)
const earliestOfHighest = (candidate: Preemption) =>
  candidate.victims
    .filter(({ priority }) => priority === highest(candidate))
    .map(startOf)
    .sort()[0] ?? ''
