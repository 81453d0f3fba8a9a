import { humanDuration } from '../../meta/duration.ts'
import { labelSelectorText } from '../../meta/label-selector.ts'
import { age, containerColumns, text, wide } from '../column.ts'
import { defaultPodTemplate } from '../core/pod/defaults.ts'
import { nameWarnings, podTemplateWarnings } from '../core/pod/warnings.ts'
import { define } from '../definition.ts'
import type { JobSpec } from '../generated/types.ts'
import type { Job } from '../resource.ts'
import { isEquivalent } from '../validation/equality.ts'
import { validateJobStatus } from './job-status-validation.ts'
import { validateJobUpdate } from './job-update-validation.ts'
import { controllerUidLabel, jobNameLabel, legacyControllerUidLabel, legacyJobNameLabel, validateJob } from './job-validation.ts'

/** What the template of a Job has by itself too. */
export const defaultFailurePatterns = ({ podFailurePolicy }: JobSpec) => {
  // as upstream reads an empty list from its store
  if (podFailurePolicy?.rules?.length === 0) (podFailurePolicy as { rules: unknown }).rules = null
  for (const { onPodConditions } of podFailurePolicy?.rules ?? []) {
    for (const pattern of onPodConditions ?? []) pattern.status ||= 'True'
  }
}

const defaultJob = (object: Job) => {
  const { spec, metadata } = object
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'
  spec.manualSelector ??= false
  defaultFailurePatterns(spec)
  spec.template ??= {}
  defaultPodTemplate(spec.template)
  const labels = spec.template.metadata?.labels
  // The same object: what the template gets at creation they get too.
  if (labels && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = labels
}

/** So that a Job's pods are nobody else's. */
const generateSelector = ({ metadata: { name = '', uid = '' }, spec }: Job) => {
  spec.template.metadata ??= {}
  spec.template.metadata.labels ??= {}
  const { labels } = spec.template.metadata
  labels[legacyJobNameLabel] ??= name
  labels[jobNameLabel] ??= name
  labels[legacyControllerUidLabel] ??= uid
  labels[controllerUidLabel] ??= uid
  spec.selector ??= {}
  spec.selector.matchLabels ??= {}
  spec.selector.matchLabels[controllerUidLabel] ??= uid
}

const softLimits = { completions: 100_000, parallelism: 10_000 }

export const jobSpecWarnings = (path: string, spec: JobSpec): string[] => {
  const { completionMode, completions = 0, parallelism = 0, template } = spec
  return [
    ...(completionMode === 'Indexed' && completions > softLimits.completions && parallelism > softLimits.parallelism
      ? [
          `${path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`,
        ]
      : []),
    ...podTemplateWarnings(`${path}.template`, template ?? {}),
  ]
}

const states = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet']

const stateOf = ({ metadata, status }: Job): string => {
  const has = (type: string) => (status?.conditions ?? []).some((one) => one.type === type && one.status === 'True')
  if (has('Complete')) return 'Complete'
  if (has('Failed')) return 'Failed'
  if (metadata.deletionTimestamp) return 'Terminating'
  return states.find(has) ?? 'Running'
}

const completionsOf = ({ spec, status }: Job): string => {
  const { completions, parallelism = 0 } = spec
  const succeeded = status?.succeeded ?? 0
  if (completions !== undefined) return `${succeeded}/${completions}`
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

const durationOf = ({ status }: Job, nowMs: number): string => {
  const { startTime, completionTime } = status ?? {}
  if (!startTime) return ''
  return humanDuration((completionTime ? Date.parse(completionTime) : nowMs) - Date.parse(startTime))
}

export const selectorDescription =
  'A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors'

export const job = define<Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  singular: 'job',
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.batch.v1.Job',
  rechecksNames: [''],
  hasGeneration: true,
  defaultPropagation: 'orphan',
  propagationWarning:
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
  subresources: { status: true },
  default: defaultJob,
  prepareForCreate: (object) => {
    if (!object.spec.manualSelector) generateSelector(object)
    object.status = {}
  },
  finish: ({ metadata, spec: { template } }) => {
    if (Object.keys(metadata.labels ?? {}).length === 0 && template.metadata?.labels) metadata.labels = template.metadata.labels
  },
  validateCreate: (object) => validateJob(object),
  validateUpdate: validateJobUpdate,
  validateStatusUpdate: validateJobStatus,
  warnings: ({ metadata, spec }, old) => {
    if (!old) return [...nameWarnings(metadata.name), ...jobSpecWarnings('spec', spec)]
    return isEquivalent(spec, old.spec) ? [] : jobSpecWarnings('spec', spec)
  },
  fieldSelectors: { 'status.successful': ({ status }) => String(status?.succeeded ?? 0) },
  fieldSelectorError: (field) => `field label ${JSON.stringify(field)} not supported for Job`,
  columns: [
    text('Status', 'Status of the job.', stateOf),
    text(
      'Completions',
      'The number of pods which reached phase Succeeded. The value increases monotonically for a given spec. However, it may decrease in reaction to scale down of elastic indexed jobs.',
      completionsOf,
    ),
    text('Duration', 'Time required to complete the job.', durationOf),
    age,
    ...containerColumns<Job>(({ spec }) => spec.template?.spec?.containers),
    wide('Selector', selectorDescription, ({ spec }) => labelSelectorText(spec.selector) || '<none>'),
  ],
})
