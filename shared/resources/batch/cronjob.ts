import { humanAge } from '../../meta/duration.ts'
import { labelSelectorText } from '../../meta/label-selector.ts'
import { age, containerColumns, integer, text, wide } from '../column.ts'
import { defaultPodTemplate } from '../core/pod/defaults.ts'
import { nameWarnings } from '../core/pod/warnings.ts'
import { define } from '../definition.ts'
import type { CronJob } from '../resource.ts'
import { isEquivalent } from '../validation/equality.ts'
import { validateCronJobUpdate, validateNewCronJob } from './cronjob-validation.ts'
import { defaultFailurePatterns, jobSpecWarnings, selectorDescription } from './job.ts'

const defaultCronJob = (object: CronJob) => {
  const { spec } = object
  spec.concurrencyPolicy ||= 'Allow'
  spec.suspend ??= false
  spec.successfulJobsHistoryLimit ??= 3
  spec.failedJobsHistoryLimit ??= 1
  spec.jobTemplate ??= {}
  spec.jobTemplate.spec ??= { template: {} }
  const job = spec.jobTemplate.spec
  defaultFailurePatterns(job)
  job.template ??= {}
  defaultPodTemplate(job.template)
}

const warningsOfJobs = ({ spec }: CronJob) => jobSpecWarnings('spec.jobTemplate.spec', spec.jobTemplate?.spec ?? { template: {} })

export const cronJob = define<CronJob>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.batch.v1.CronJob',
  unqualifiedFinalizers: ['status'],
  hasGeneration: true,
  subresources: { status: true },
  default: defaultCronJob,
  prepareForCreate: (object) => {
    object.status = {}
  },
  validateCreate: validateNewCronJob,
  validateUpdate: validateCronJobUpdate,
  warnings: (object, old) => {
    if (!old) return [...nameWarnings(object.metadata.name), ...warningsOfJobs(object)]
    return [
      ...(isEquivalent(object.spec, old.spec) ? [] : warningsOfJobs(object)),
      ...(object.spec.schedule.includes('TZ')
        ? [
            'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details',
          ]
        : []),
    ]
  },
  columns: [
    text('Schedule', 'The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron.', ({ spec }) => spec.schedule),
    text(
      'Timezone',
      'The time zone name for the given schedule, see https://en.wikipedia.org/wiki/List_of_tz_database_time_zones. If not specified, this will default to the time zone of the kube-controller-manager process. The set of valid time zone names and the time zone offset is loaded from the system-wide time zone database by the API server during CronJob validation and the controller manager during execution. If no system-wide time zone database can be found a bundled version of the database is used instead. If the time zone name becomes invalid during the lifetime of a CronJob or due to a change in host configuration, the controller will stop creating new new Jobs and will create a system event with the reason UnknownTimeZone. More information can be found in https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones',
      ({ spec }) => spec.timeZone ?? '<none>',
    ),
    {
      ...text<CronJob>(
        'Suspend',
        'This flag tells the controller to suspend subsequent executions, it does not apply to already started executions.  Defaults to false.',
        ({ spec }) => (spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False'),
      ),
      type: 'boolean',
    },
    integer('Active', 'A list of pointers to currently running jobs.', ({ status }) => status?.active?.length ?? 0),
    text('Last Schedule', 'Information when was the last time the job was successfully scheduled.', ({ status }, nowMs) =>
      status?.lastScheduleTime ? humanAge(status.lastScheduleTime, nowMs) : '<none>',
    ),
    age,
    ...containerColumns<CronJob>(({ spec }) => spec.jobTemplate?.spec?.template?.spec?.containers),
    wide('Selector', selectorDescription, ({ spec }) => labelSelectorText(spec.jobTemplate?.spec?.selector) || '<none>'),
  ],
})
