import { timestamp } from '../../platform/clock.ts'
import { countOf } from '../../resources/batch/index-intervals.ts'
import type { JobStatus } from '../../resources/generated/types.ts'
import type { Job, Pod } from '../../resources/resource.ts'
import { countedIndexOf } from './completion-index.ts'
import { newCondition, withCondition } from './condition.ts'
import { judgeFailure } from './failure-policy.ts'
import { hasIndex, indexSetText } from './index-set.ts'
import { isIndexed } from './index-view.ts'
import type { PodView } from './pod-view.ts'
import { isFailed, isTracked } from './tracking.ts'
import type { Verdict } from './verdict.ts'

/** ends of pods that a status notes at once, so that it stays short */
const mostNoted = 500

/** How the pods stand after what was done about them. */
export interface Standing {
  readonly active: number
  readonly ready: number
  readonly terminating: number
}

export interface Noted {
  readonly status: JobStatus
  /** pods whose finalizer may go once this status is written */
  readonly released: readonly Pod[]
  /** there is more to note than there was room for */
  readonly partial: boolean
}

/**
 * Counting in three steps, each of which may be the last one of a run: the ends of pods are noted in the status, the pods lose their
 * finalizer, and what was noted of pods that no longer have it is counted. So each end counts once, whatever is repeated.
 */
export const noteEnds = (
  job: Job,
  view: PodView,
  { standing, verdict }: { standing: Standing; verdict: Verdict | undefined },
): Noted => {
  const settled = countReleased(job.status ?? {}, heldUids(view.pods))
  const { succeeded = [], failed = [] } = settled.uncountedTerminatedPods ?? {}
  const noted = { succeeded: [...succeeded], failed: [...failed], indexes: [] as number[] }
  const known = { succeeded: new Set(succeeded), failed: new Set(failed) }
  const released: Pod[] = []
  let partial = false
  for (const pod of inOrder(job, view.pods)) {
    if (!isTracked(pod) || !mayRelease(job, view, { pod, verdict })) continue
    released.push(pod)
    const uid = pod.metadata.uid!
    const index = countedIndexOf(pod, job.spec.completions ?? 0)
    if (pod.status?.phase === 'Succeeded' && !known.failed.has(uid)) {
      if (!isIndexed(job)) {
        if (!known.succeeded.has(uid)) noted.succeeded.push(uid)
      } else if (index !== undefined && !hasIndex(view.indexes!.succeededBefore, index)) noted.indexes.push(index)
    } else if (isFailed(pod, job) || verdict?.type === 'FailureTarget') {
      const isCounted = !known.failed.has(uid) && (!isIndexed(job) || index !== undefined)
      if (isCounted && judgeFailure(job, pod).counts) noted.failed.push(uid)
    }
    if (noted.indexes.length + noted.succeeded.length + noted.failed.length >= mostNoted) {
      partial = true
      break
    }
  }
  const status: JobStatus = {
    ...settled,
    active: standing.active || undefined,
    ready: standing.ready,
    terminating: standing.terminating,
    uncountedTerminatedPods: uncounted(noted),
    ...indexFields(view),
  }
  return { status, released, partial }
}

/** Counts what was noted of pods that nothing holds any more. */
export const countReleased = (status: JobStatus, held: ReadonlySet<string>): JobStatus => {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {}
  const still = { succeeded: succeeded.filter((uid) => held.has(uid)), failed: failed.filter((uid) => held.has(uid)) }
  const total = (before: number | undefined, noted: readonly string[], left: readonly string[]) =>
    (before ?? 0) + noted.length - left.length || undefined
  return {
    ...status,
    succeeded: total(status.succeeded, succeeded, still.succeeded),
    failed: total(status.failed, failed, still.failed),
    uncountedTerminatedPods: uncounted(still),
  }
}

export const heldUids = (pods: readonly Pod[]): Set<string> =>
  new Set(pods.filter(isTracked).map(({ metadata }) => metadata.uid!))

/** What its verdict says at once. */
export const withVerdict = (status: JobStatus, { type, reason, message }: Verdict, nowMs: number): JobStatus => ({
  ...status,
  conditions: [...withCondition(status.conditions ?? [], newCondition(type, { reason, message }, nowMs))],
})

/** The end, where nothing is left to count and no pod is on its way out; undefined: not yet. */
export const finish = (status: JobStatus, { type, reason, message }: Verdict, nowMs: number): JobStatus | undefined => {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {}
  if (succeeded.length + failed.length > 0 || (status.terminating ?? 0) > 0) return undefined
  const isSuccess = type === 'SuccessCriteriaMet'
  const condition = newCondition(isSuccess ? 'Complete' : 'Failed', { reason, message }, nowMs)
  const conditions = [...withCondition(status.conditions ?? [], condition)]
  return { ...status, conditions, ...(isSuccess && { completionTime: timestamp(nowMs) }) }
}

const inOrder = (job: Job, pods: readonly Pod[]): readonly Pod[] => {
  if (!isIndexed(job)) return pods
  const rank = (pod: Pod) => countedIndexOf(pod, Number.POSITIVE_INFINITY) ?? -1
  return [...pods].sort((a, b) => rank(a) - rank(b))
}

/** One that waits for the pod in its place is kept: that one carries on its count of failures. */
const mayRelease = (job: Job, view: PodView, { pod, verdict }: { pod: Pod; verdict: Verdict | undefined }): boolean => {
  if (job.metadata.deletionTimestamp || verdict || pod.status?.phase === 'Succeeded') return true
  if (!isFailed(pod, job)) return false
  const index = countedIndexOf(pod, job.spec.completions ?? 0)
  return index === undefined || view.indexes?.awaitingReplacement.get(index)?.metadata.uid !== pod.metadata.uid
}

const indexFields = ({ indexes }: PodView): JobStatus =>
  indexes
    ? {
        succeeded: countOf(indexes.succeeded) || undefined,
        completedIndexes: indexSetText(indexes.succeeded) || undefined,
        failedIndexes: indexes.failed && indexSetText(indexes.failed),
      }
    : {}

const uncounted = ({ succeeded, failed }: { succeeded: string[]; failed: string[] }) => ({
  ...(succeeded.length > 0 && { succeeded }),
  ...(failed.length > 0 && { failed }),
})
