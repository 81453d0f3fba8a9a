import type { Pod } from '../resources/resource.ts'
import { violatingPods } from './budget-violation.ts'
import { fitMessage } from './fit-error.ts'
import { firstRejection, type GroupEvaluation } from './group-evaluation.ts'
import { type NodeInfo, withoutPod, withPod } from './node-info.ts'
import type { Filter, Rejection } from './plugin.ts'
import { resolvable, unresolvable } from './plugin.ts'
import type { PodInfo } from './pod-info.ts'
import type { Draft, Lookups } from './snapshot.ts'

export interface Preemption {
  readonly node: string
  /** the most important first */
  readonly victims: readonly PodInfo[]
  /** how many of them their disruption budgets would not let go */
  readonly violations: number
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
      const selected = selectVictims(pod, node, { filters, lookups: draft.lookups })
      if ('reasons' in selected) outcomes.push(selected)
      else candidates.push({ node: node.name, ...selected })
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

/**
 * Takes all that are less important off the node, then lets back as many as it can: first those that their budgets would not let go, and the
 * most important of them first.
 */
const selectVictims = (
  pod: PodInfo,
  node: NodeInfo,
  { filters, lookups }: { filters: readonly Filter[]; lookups: Lookups },
): Omit<Preemption, 'node'> | Rejection => {
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
  let violations = 0
  if (!rejection) {
    const ordered = lower.sort(moreImportantFirst)
    const violating = violatingPods(ordered, lookups)
    for (const other of [...violating, ...ordered.filter((one) => !violating.has(one))]) {
      add(other)
      if (!firstRejection(filters, current)) continue
      remove(other)
      victims.push(other)
      if (violating.has(other)) violations++
    }
  }
  // The filters are used for the next node: leave them as they were.
  for (const other of rejection ? lower : victims) add(other)
  return rejection ? resolvable(...rejection.reasons) : { victims: victims.sort(moreImportantFirst), violations }
}

const startOf = ({ pod }: PodInfo) => pod.status?.startTime ?? pod.metadata.creationTimestamp ?? ''

const moreImportantFirst = (a: PodInfo, b: PodInfo) => b.priority - a.priority || (startOf(a) < startOf(b) ? -1 : 1)

const compareCandidates = (a: Preemption, b: Preemption): number =>
  a.violations - b.violations ||
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
