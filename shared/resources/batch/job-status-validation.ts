import { type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import type { UncountedTerminatedPods } from '../generated/types.ts'
import type { Job } from '../resource.ts'
import { isEquivalent } from '../validation/equality.ts'
import { createSeen, each, nonNegative } from '../validation/value.ts'
import { overlapOf, parseIntervals } from './index-intervals.ts'

type Status = NonNullable<Job['status']>

const isTrue = ({ conditions }: Status, type: string): boolean =>
  (conditions ?? []).some((condition) => condition.type === type && condition.status === 'True')
const isFinished = (status: Status) => isTrue(status, 'Complete') || isTrue(status, 'Failed')

/** One that shows no value. */
const conditionsInvalid = (detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field: 'status.conditions',
  message: `Invalid value: ${detail}`,
})

const when = (broken: boolean, error: () => FieldError): FieldError[] => (broken ? [error()] : [])

/**
 * A transition is looked at only where it changes something: what breaks a rule already hinders no other update, and a Job's
 * spec may have changed under its status.
 */
export const validateJobStatus = (job: Job, oldJob: Job): FieldError[] => {
  const status = job.status ?? {}
  const old = oldJob.status ?? {}
  return [
    ...validateCounts(status),
    ...validateEnd(job, status, old),
    ...validateIndexes(job, status, old),
    ...validateFinishedPods(status, old),
    ...validateCriteria(job, status),
    ...validateHistory(job, status, old),
  ]
}

const validateCounts = (status: Status): FieldError[] => [
  ...(['active', 'succeeded', 'failed', 'ready', 'terminating'] as const).flatMap((name) =>
    nonNegative(`status.${name}`, status[name]),
  ),
  ...validateUncounted(status.uncountedTerminatedPods ?? {}),
]

const validateUncounted = (uncounted: UncountedTerminatedPods): FieldError[] => {
  const seen = createSeen()
  return (['succeeded', 'failed'] as const).flatMap((name) =>
    each(`status.uncountedTerminatedPods.${name}`, uncounted[name], (path, uid) => {
      if (uid === '') return [invalidValue(path, uid, 'must not be empty')]
      return seen(uid)
        ? [{ type: 'FieldValueDuplicate', field: path, message: `Duplicate value: ${JSON.stringify(uid)}` } as const]
        : []
    }),
  )
}

/** Whether the two differ in one of the conditions or fields. */
const differ = (status: Status, old: Status, conditions: readonly string[], fields: readonly (keyof Status)[] = []) =>
  conditions.some((type) => isTrue(status, type) !== isTrue(old, type)) ||
  fields.some((field) => !isEquivalent(status[field], old[field]))

const validateEnd = ({ spec }: Job, status: Status, old: Status): FieldError[] => {
  const { startTime, completionTime, active = 0 } = status
  const isComplete = isTrue(status, 'Complete')
  const isFailed = isTrue(status, 'Failed')
  const changed = (conditions: readonly string[], fields: readonly (keyof Status)[] = []) =>
    differ(status, old, conditions, fields)
  const finishedChanged = isFinished(status) !== isFinished(old)
  const isEmpty = spec.suspend === true && spec.completions === 0
  return [
    ...when(changed(['Complete', 'Failed']) && isComplete && isFailed, () =>
      conditionsInvalid('cannot set Complete=True and Failed=true conditions'),
    ),
    ...when(changed(['Complete', 'FailureTarget']) && isComplete && isTrue(status, 'FailureTarget'), () =>
      conditionsInvalid('cannot set Complete=True and FailureTarget=true conditions'),
    ),
    ...when(changed(['Complete'], ['completionTime']) && !!completionTime && !isComplete, () =>
      invalidValue('status.completionTime', completionTime, 'cannot set completionTime when there is no Complete=True condition'),
    ),
    ...when(changed(['Complete'], ['completionTime']) && !completionTime && isComplete, () =>
      requiredValue('status.completionTime', 'completionTime is required for Complete jobs'),
    ),
    ...when(
      changed([], ['startTime', 'completionTime']) &&
        !!startTime &&
        !!completionTime &&
        Date.parse(completionTime) < Date.parse(startTime),
      () => invalidValue('status.completionTime', completionTime, 'must be equal to or after `startTime`'),
    ),
    ...when(changed(['Failed'], ['failedIndexes']) && isFailed && !isTrue(status, 'FailureTarget'), () =>
      conditionsInvalid('cannot set Failed=True condition without the FailureTarget=true condition'),
    ),
    ...when(changed(['Complete', 'SuccessCriteriaMet']) && isComplete && !isTrue(status, 'SuccessCriteriaMet'), () =>
      conditionsInvalid('cannot set Complete=True condition without the SuccessCriteriaMet=true condition'),
    ),
    ...when((finishedChanged || changed([], ['active'])) && active > 0 && isFinished(status), () =>
      invalidValue('status.active', active, 'active>0 is invalid for finished job'),
    ),
    ...when((finishedChanged || changed([], ['startTime'])) && !isEmpty && !startTime && isFinished(status), () =>
      requiredValue('status.startTime', 'startTime is required for finished job'),
    ),
    ...validateUncountedOfFinished(status, finishedChanged || changed([], ['uncountedTerminatedPods'])),
  ]
}

const validateUncountedOfFinished = (status: Status, isChanged: boolean): FieldError[] => {
  const { succeeded, failed } = status.uncountedTerminatedPods ?? {}
  return when(isChanged && isFinished(status) && (succeeded?.length ?? 0) + (failed?.length ?? 0) > 0, () =>
    invalidValue(
      'status.uncountedTerminatedPods',
      { Succeeded: succeeded ?? null, Failed: failed ?? null },
      'must be empty for finished job',
    ),
  )
}

const wrongIntervals = (text: string, completions: number): string | undefined => {
  try {
    parseIntervals(text, completions)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

const validateIndexes = ({ spec }: Job, status: Status, old: Status): FieldError[] => {
  const { completedIndexes = '', failedIndexes } = status
  const { completions, backoffLimitPerIndex } = spec
  const completedChanged = completedIndexes !== (old.completedIndexes ?? '')
  const failedChanged = failedIndexes !== old.failedIndexes
  const errors: FieldError[] = []
  const wrong = (name: 'completedIndexes' | 'failedIndexes', value: string, detail: string) =>
    errors.push(invalidValue(`status.${name}`, value, detail))
  if (completions !== undefined) {
    const completed = completedChanged ? wrongIntervals(completedIndexes, completions) : undefined
    if (completed) wrong('completedIndexes', completedIndexes, `error parsing completedIndexes: ${completed}`)
    if (failedChanged && failedIndexes !== undefined && backoffLimitPerIndex !== undefined) {
      const failed = wrongIntervals(failedIndexes, completions)
      if (failed) wrong('failedIndexes', failedIndexes, `error parsing failedIndexes: ${failed}`)
    }
  }
  if (completedChanged && completedIndexes !== '' && spec.completionMode !== 'Indexed') {
    wrong('completedIndexes', completedIndexes, 'cannot set non-empty completedIndexes when non-indexed completion mode')
  }
  if (failedIndexes === undefined) return errors
  if (failedChanged && backoffLimitPerIndex === undefined) {
    wrong('failedIndexes', failedIndexes, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null')
  }
  const shared =
    (failedChanged || completedChanged) && completions !== undefined
      ? overlapOf(completedIndexes, failedIndexes, completions)
      : undefined
  if (shared !== undefined) {
    wrong('failedIndexes', failedIndexes, `failedIndexes and completedIndexes overlap at index: ${shared}`)
  }
  return errors
}

const validateFinishedPods = (status: Status, old: Status): FieldError[] => {
  const { terminating = 0, ready = 0, active = 0 } = status
  return [
    ...when(
      (isFinished(status) !== isFinished(old) || status.terminating !== old.terminating) && terminating > 0 && isFinished(status),
      () => invalidValue('status.terminating', terminating, 'terminating>0 is invalid for finished job'),
    ),
    ...when((status.ready !== old.ready || active !== (old.active ?? 0)) && status.ready !== undefined && ready > active, () =>
      invalidValue('status.ready', ready, 'cannot set more ready pods than active'),
    ),
  ]
}

const validateCriteria = ({ spec }: Job, status: Status): FieldError[] => {
  const isMet = isTrue(status, 'SuccessCriteriaMet')
  return [
    ...when(isMet && isTrue(status, 'Failed'), () =>
      conditionsInvalid('cannot set SuccessCriteriaMet=True and Failed=true conditions'),
    ),
    ...when(isMet && isTrue(status, 'FailureTarget'), () =>
      conditionsInvalid('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'),
    ),
    ...when(!!spec.successPolicy && !isMet && isTrue(status, 'Complete'), () =>
      conditionsInvalid('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True'),
    ),
  ]
}

const validateHistory = ({ spec }: Job, status: Status, old: Status): FieldError[] => {
  const { failed = 0, succeeded = 0, completionTime } = status
  const isResuming =
    isTrue(old, 'Suspended') && (status.conditions ?? []).some(({ type, status: is }) => type === 'Suspended' && is === 'False')
  // it may have been made smaller
  const isElastic = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism
  return [
    ...['Failed', 'Complete', 'FailureTarget']
      .filter((type) => isTrue(old, type) && !isTrue(status, type))
      .map((type) => conditionsInvalid(`cannot disable the terminal ${type}=True condition`)),
    ...when(failed < (old.failed ?? 0), () => invalidValue('status.failed', failed, 'cannot decrease the failed counter')),
    ...when(!isElastic && succeeded < (old.succeeded ?? 0), () =>
      invalidValue('status.succeeded', succeeded, 'cannot decrease the succeeded counter'),
    ),
    ...when(!!completionTime && !!old.completionTime && completionTime !== old.completionTime, () =>
      invalidValue('status.completionTime', completionTime, 'field is immutable'),
    ),
    ...when(!isResuming && !!old.startTime && status.startTime !== old.startTime && !spec.suspend, () =>
      requiredValue('status.startTime', 'startTime cannot be removed for unsuspended job'),
    ),
    ...when(isTrue(old, 'SuccessCriteriaMet') && !isTrue(status, 'SuccessCriteriaMet'), () =>
      conditionsInvalid('cannot disable the SuccessCriteriaMet=True condition'),
    ),
    ...when(isTrue(old, 'Complete') && !isTrue(old, 'SuccessCriteriaMet') && isTrue(status, 'SuccessCriteriaMet'), () =>
      conditionsInvalid('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions'),
    ),
  ]
}
