import { countOf } from '../../resources/batch/index-intervals.ts'
import type { Job, Pod } from '../../resources/resource.ts'
import { isPodActive, isPodReady, isPodTerminating } from '../pod-state.ts'
import { countedIndexOf } from './completion-index.ts'
import { judgeFailure } from './failure-policy.ts'
import { type IndexView, isIndexed, viewIndexes } from './index-view.ts'
import { isFailed, isTracked } from './tracking.ts'

/** What a Job's pods amount to, together with what its status has counted. */
export interface PodView {
  readonly pods: readonly Pod[]
  readonly active: readonly Pod[]
  readonly ready: number
  readonly terminating: number
  /** ended, and not in the status yet */
  readonly newlySucceeded: readonly Pod[]
  readonly newlyFailed: readonly Pod[]
  /** in all; of an Indexed Job, how many of its indexes */
  readonly succeeded: number
  readonly failed: number
  /** of an Indexed Job only */
  readonly indexes: IndexView | undefined
}

export const viewPods = (job: Job, pods: readonly Pod[]): PodView => {
  const { uncountedTerminatedPods = {}, succeeded = 0, failed = 0 } = job.status ?? {}
  const notedSucceeded = new Set(uncountedTerminatedPods.succeeded)
  const notedFailed = new Set(uncountedTerminatedPods.failed)
  const counted = pods.filter(
    (pod) => isTracked(pod) && (!isIndexed(job) || countedIndexOf(pod, job.spec.completions ?? 0) !== undefined),
  )
  const newlySucceeded = counted.filter(
    ({ status, metadata }) => status?.phase === 'Succeeded' && !notedSucceeded.has(metadata.uid!),
  )
  const newlyFailed = counted.filter((pod) => isFailed(pod, job) && !notedFailed.has(pod.metadata.uid!))
  const active = pods.filter(isPodActive)
  const indexes = isIndexed(job) ? viewIndexes(job, pods, active) : undefined
  return {
    pods,
    active,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(isPodTerminating).length,
    newlySucceeded,
    newlyFailed,
    succeeded: indexes ? countOf(indexes.succeeded) : succeeded + newlySucceeded.length + notedSucceeded.size,
    failed: failed + newlyFailed.filter((pod) => judgeFailure(job, pod).counts).length + notedFailed.size,
    indexes,
  }
}
