import { type FieldError, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import type { CronJobSpec, JobTemplateSpec } from '../generated/types.ts'
import type { CronJob } from '../resource.ts'
import { nonNegative, requiredOneOf } from '../validation/value.ts'
import { validateJobSpec } from './job-validation.ts'
import { scheduleError } from './schedule.ts'
import { locationError } from './time-zone.ts'

/** A Job's name is the CronJob's with eleven characters of time behind it. */
const maxNameBytes = 52

export const validateNewCronJob = ({ metadata, spec }: CronJob): FieldError[] => [
  ...validateSpec(spec, undefined),
  ...(Buffer.byteLength(metadata.name ?? '') > maxNameBytes
    ? [invalidValue('metadata.name', metadata.name, `must be no more than ${maxNameBytes} characters`)]
    : []),
]

export const validateCronJobUpdate = ({ spec }: CronJob, { spec: old }: CronJob): FieldError[] => validateSpec(spec, old)

const validateSpec = (spec: CronJobSpec, old: CronJobSpec | undefined): FieldError[] => [
  ...(spec.schedule ? validateSchedule('spec.schedule', spec, old) : [requiredValue('spec.schedule')]),
  ...nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds),
  ...(!old || old.timeZone !== spec.timeZone ? validateTimeZone('spec.timeZone', spec.timeZone) : []),
  ...requiredOneOf('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']),
  ...validateJobTemplate('spec.jobTemplate.spec', spec.jobTemplate ?? {}),
  ...nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit),
  ...nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit),
]

/** A zone in the schedule itself stays where it was already. */
const validateSchedule = (path: string, { schedule, timeZone }: CronJobSpec, old: CronJobSpec | undefined): FieldError[] => {
  const error = scheduleError(schedule)
  const had = old?.schedule.includes('TZ') ?? false
  const has = schedule.includes('TZ')
  return [
    ...(error ? [invalidValue(path, schedule, error)] : []),
    ...(had && has && timeZone !== undefined
      ? [invalidValue(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule')]
      : []),
    ...(!had && has ? [invalidValue(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')] : []),
  ]
}

const isZonePart = (part: string) =>
  part !== '.' && part !== '..' && !part.startsWith('-') && /^[A-Za-z.\-_0-9+]{1,14}$/.test(part)

const validateTimeZone = (path: string, timeZone: string | undefined): FieldError[] => {
  if (timeZone === undefined) return []
  if (timeZone === '') return [invalidValue(path, timeZone, 'timeZone must be nil or non-empty string')]
  if (!timeZone.split('/').every(isZonePart)) return [invalidValue(path, timeZone, `unknown time zone ${timeZone}`)]
  const error = locationError(timeZone)
  return [
    ...(timeZone.toLowerCase() === 'local'
      ? [invalidValue(path, timeZone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')]
      : []),
    ...(error ? [invalidValue(path, timeZone, error)] : []),
  ]
}

const validateJobTemplate = (path: string, { spec }: JobTemplateSpec): FieldError[] => [
  ...validateJobSpec(path, spec ?? { template: {} }),
  ...(spec?.selector ? [invalidValue(`${path}.selector`, spec.selector, '`selector` will be auto-generated')] : []),
  ...(spec?.manualSelector ? [notSupported(`${path}.manualSelector`, true, ['nil', 'false'])] : []),
]
