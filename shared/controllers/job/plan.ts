import type { Job, Pod } from '../../resources/resource.ts'
import { isPodTerminating } from '../pod-state.ts'
import { backOffLeftMs, type FailureRecord, indexBackOffLeftMs } from './back-off.ts'
import { completionIndexOf, type IndexFailures, indexFailuresOf } from './completion-index.ts'
import { judgeFailure } from './failure-policy.ts'
import { indexesOutside, indexSetOf, union } from './index-set.ts'
import type { IndexView } from './index-view.ts'
import type { PodIndex } from './job-pod.ts'
import type { PodView } from './pod-view.ts'
import { podsToRemove } from './removal.ts'
import { replacesOnlyFailed } from './tracking.ts'

/** What is to be done for a Job that goes on: never two things at once. */
export type Plan =
  | { readonly do: 'nothing' }
  | { readonly do: 'remove'; readonly pods: readonly Pod[] }
  /** `undefined`: a pod without an index; `laterMs`: when more are due */
  | { readonly do: 'create'; readonly pods: readonly (PodIndex | undefined)[]; readonly laterMs?: number | undefined }
  | { readonly do: 'wait'; readonly forMs: number }

/** pods made or deleted in one run at most */
const burst = 500

export const plan = (job: Job, view: PodView, { record, nowMs }: { record: FailureRecord; nowMs: number }): Plan => {
  const active = view.active.length
  if (job.spec.suspend) return remove(podsToRemove(job, view.active, active))
  const wanted = wantedActive(job, view)
  const surplus = podsToRemove(job, view.active, Math.max(0, active - wanted))
  if (surplus.length > 0) return remove(surplus)
  const missing = wanted - active - (replacesOnlyFailed(job) ? view.terminating : 0)
  if (missing <= 0) return { do: 'nothing' }
  const waitMs = job.spec.backoffLimitPerIndex === undefined ? backOffLeftMs(record, nowMs) : 0
  if (waitMs > 0) return { do: 'wait', forMs: waitMs }
  const count = Math.min(missing, burst)
  return view.indexes
    ? planIndexes(job, { view, indexes: view.indexes, count, nowMs })
    : { do: 'create', pods: Array<undefined>(count).fill(undefined) }
}

const remove = (pods: readonly Pod[]): Plan =>
  pods.length > 0 ? { do: 'remove', pods: pods.slice(0, burst) } : { do: 'nothing' }

const wantedActive = ({ spec }: Job, { active, succeeded }: PodView): number => {
  const { completions, parallelism = 1 } = spec
  // After a success no more are begun, and those that run may end.
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism
  return Math.max(0, Math.min(completions - succeeded, parallelism))
}

interface Missing {
  readonly view: PodView
  readonly indexes: IndexView
  readonly count: number
  readonly nowMs: number
}

const planIndexes = (job: Job, { view, indexes, count, nowMs }: Missing): Plan => {
  const pending = indexesOutside(takenIndexes(job, view, indexes), count, job.spec.completions ?? 0)
  const waitOf = (index: number) => indexBackOffLeftMs(indexes.awaitingReplacement.get(index), nowMs)
  const due = pending.filter((index) => waitOf(index) === 0)
  const laterMs = shortest(pending.map(waitOf).filter((ms) => ms > 0))
  if (due.length === 0) return laterMs === undefined ? { do: 'nothing' } : { do: 'wait', forMs: laterMs }
  const limited = job.spec.backoffLimitPerIndex !== undefined
  const failuresOf = (index: number) => (limited ? failuresUpTo(job, indexes.awaitingReplacement.get(index)) : undefined)
  return { do: 'create', pods: due.map((index) => ({ index, failures: failuresOf(index) })), laterMs }
}

const shortest = (waits: readonly number[]): number | undefined => (waits.length > 0 ? Math.min(...waits) : undefined)

const takenIndexes = (job: Job, { pods, active }: PodView, { succeeded, failed }: IndexView) => {
  const leaving = replacesOnlyFailed(job) ? pods.filter(isPodTerminating) : []
  const held = [...active, ...leaving].map(completionIndexOf).filter((index) => index !== undefined)
  return union(union(succeeded, indexSetOf(held)), failed ?? [])
}

const failuresUpTo = (job: Job, replaced: Pod | undefined): IndexFailures => {
  if (!replaced) return { counted: 0, ignored: 0 }
  const { counted, ignored } = indexFailuresOf(replaced)
  return judgeFailure(job, replaced).counts ? { counted: counted + 1, ignored } : { counted, ignored: ignored + 1 }
}
