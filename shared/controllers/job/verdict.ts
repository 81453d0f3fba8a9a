import { countOf } from '../../resources/batch/index-intervals.ts'
import type { Job, Pod } from '../../resources/resource.ts'
import { trueCondition } from './condition.ts'
import { judgeFailure } from './failure-policy.ts'
import type { PodView } from './pod-view.ts'
import { metSuccessRule } from './success-policy.ts'
import { isFailed } from './tracking.ts'

/** How a Job ends: what is true at once, and is followed by `Failed` or `Complete` when its pods are gone and counted. */
export interface Verdict {
  readonly type: 'FailureTarget' | 'SuccessCriteriaMet'
  readonly reason: string
  readonly message: string
}

/** What was decided before stays; then what makes a Job fail, and then what makes it succeed before all of its completions. */
export const judge = (job: Job, view: PodView, nowMs: number): Verdict | undefined =>
  knownVerdict(job) ?? failure(job, view, nowMs) ?? indexFailure(job, view) ?? earlySuccess(job, view)

export const completed: Verdict = {
  type: 'SuccessCriteriaMet',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
}

/** Without a number of completions the first success is enough, once the others are through. */
export const isComplete = ({ spec }: Job, { succeeded }: PodView, active: number): boolean =>
  active === 0 && (spec.completions === undefined ? succeeded > 0 : succeeded >= spec.completions)

/** In milliseconds since the epoch; undefined: it may take as long as it will, or is suspended. */
export const deadlineMs = ({ spec, status }: Job): number | undefined =>
  spec.activeDeadlineSeconds === undefined || !status?.startTime || spec.suspend
    ? undefined
    : Date.parse(status.startTime) + Number(spec.activeDeadlineSeconds) * 1000

const knownVerdict = ({ status }: Job): Verdict | undefined => {
  for (const type of ['SuccessCriteriaMet', 'FailureTarget'] as const) {
    const condition = trueCondition(status, type)
    if (condition) return { type, reason: condition.reason ?? '', message: condition.message ?? '' }
  }
  return undefined
}

const failed = (reason: string, message: string): Verdict => ({ type: 'FailureTarget', reason, message })

const failure = (job: Job, view: PodView, nowMs: number): Verdict | undefined => {
  for (const pod of job.spec.podFailurePolicy ? view.pods : []) {
    const message = isFailed(pod, job) ? judgeFailure(job, pod).failsJob : undefined
    if (message) return failed('PodFailurePolicy', message)
  }
  if (view.failed > limitOf(job) || restartsPastLimit(job, view.pods)) {
    return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  }
  const endMs = deadlineMs(job)
  if (endMs === undefined || nowMs < endMs) return undefined
  return failed('DeadlineExceeded', 'Job was active longer than specified deadline')
}

const limitOf = ({ spec }: Job) => spec.backoffLimit ?? 6

/** Of pods that restart in place. */
const restartsPastLimit = (job: Job, pods: readonly Pod[]): boolean => {
  if (job.spec.template.spec?.restartPolicy !== 'OnFailure') return false
  const restarts = pods
    .filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending')
    .flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0)
  return restarts >= Math.max(1, limitOf(job))
}

const indexFailure = ({ spec }: Job, { indexes }: PodView): Verdict | undefined => {
  if (!indexes?.failed) return undefined
  const lost = countOf(indexes.failed)
  if (spec.maxFailedIndexes !== undefined && lost > spec.maxFailedIndexes) {
    return failed('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes')
  }
  const isThrough = lost > 0 && lost + countOf(indexes.succeeded) >= (spec.completions ?? 0)
  return isThrough ? failed('FailedIndexes', 'Job has failed indexes') : undefined
}

const earlySuccess = ({ spec }: Job, { indexes }: PodView): Verdict | undefined => {
  const message = indexes && metSuccessRule(spec, indexes.succeeded)
  return message ? { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message } : undefined
}
