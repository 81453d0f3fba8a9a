import type { Job, Pod } from '../../resources/resource.ts'
import { completionIndexOf, countedIndexOf, indexFailuresOf, totalFailuresOf } from './completion-index.ts'
import { judgeFailure } from './failure-policy.ts'
import { finishTimeMs } from './finish-time.ts'
import { hasIndex, type IndexSet, indexSetOf, parseIndexSet, union } from './index-set.ts'
import { isFailed, isTracked } from './tracking.ts'

/** What the pods of an Indexed Job amount to. */
export interface IndexView {
  /** as the status says */
  readonly succeededBefore: IndexSet
  readonly succeeded: IndexSet
  /** undefined: the Job has no limit for each index */
  readonly failed: IndexSet | undefined
  /** the failed pod of each index that waits for another, which carries on its count of failures */
  readonly awaitingReplacement: ReadonlyMap<number, Pod>
}

export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed'

/** Once an index has succeeded or failed, further pods of it change nothing. */
export const viewIndexes = (job: Job, pods: readonly Pod[], active: readonly Pod[]): IndexView => {
  const { completions = 0, backoffLimitPerIndex } = job.spec
  const indexOf = (pod: Pod) => countedIndexOf(pod, completions) ?? -1
  const counted = pods.filter((pod) => isTracked(pod) && indexOf(pod) >= 0)
  const succeededBefore = parseIndexSet(job.status?.completedIndexes, completions)
  const failedBefore = parseIndexSet(job.status?.failedIndexes, completions)
  const endedWell = counted.filter(({ status }) => status?.phase === 'Succeeded').map(indexOf)
  const succeeded = union(succeededBefore, indexSetOf(endedWell.filter((index) => !hasIndex(failedBefore, index))))
  if (backoffLimitPerIndex === undefined) return { succeededBefore, succeeded, failed: undefined, awaitingReplacement: new Map() }
  const lost = counted.filter((pod) => failsIndex(job, pod)).map(indexOf)
  const failed = union(failedBefore, indexSetOf(lost.filter((index) => !hasIndex(succeeded, index))))
  const running = new Set(active.map(completionIndexOf))
  const isOpen = (index: number) => !hasIndex(succeeded, index) && !hasIndex(failed, index) && !running.has(index)
  const open = counted.filter((pod) => isFailed(pod, job) && isOpen(indexOf(pod)))
  return { succeededBefore, succeeded, failed, awaitingReplacement: lastOfEach(open, indexOf) }
}

const failsIndex = (job: Job, pod: Pod): boolean => {
  if (!isFailed(pod, job)) return false
  const { action, counts } = judgeFailure(job, pod)
  return action === 'FailIndex' || (counts && indexFailuresOf(pod).counted >= (job.spec.backoffLimitPerIndex ?? 0))
}

const lastOfEach = (pods: readonly Pod[], indexOf: (pod: Pod) => number): Map<number, Pod> => {
  const last = new Map<number, Pod>()
  for (const pod of pods) {
    const known = last.get(indexOf(pod))
    const isLater = !known || (totalFailuresOf(known) <= totalFailuresOf(pod) && finishTimeMs(pod) >= finishTimeMs(known))
    if (isLater) last.set(indexOf(pod), pod)
  }
  return last
}
