import { type FieldError, inKeyOrder, invalidValue, notSupported, requiredValue, tooLong } from '../../meta/field-error.ts'
import { matchesLabelSelector } from '../../meta/label-selector.ts'
import { dns1123Label } from '../../meta/names.ts'
import { validatePodTemplate } from '../core/pod/validation/template.ts'
import type { JobSpec } from '../generated/types.ts'
import type { Job } from '../resource.ts'
import { domainPrefixedPath } from '../validation/domain-path.ts'
import { labelSelector } from '../validation/label.ts'
import { nonNegative } from '../validation/value.ts'
import { validateFailurePolicy, validateSuccessPolicy } from './job-policy-validation.ts'

export const controllerUidLabel = 'batch.kubernetes.io/controller-uid'
export const jobNameLabel = 'batch.kubernetes.io/job-name'
export const legacyControllerUidLabel = 'controller-uid'
export const legacyJobNameLabel = 'job-name'

const maxManagedByBytes = 63
/** What indexes of an Indexed Job may take in its status. */
const maxIndexed = 100_000
const maxOfManyCompletions = 10_000

/** `prefixed`: the labels with a domain have to be there too, which Jobs of old versions lack. */
export const validateJob = (job: Job, prefixed = true): FieldError[] => {
  const { metadata, spec } = job
  const { completions } = spec
  const lastPod = `${metadata.name}-${(completions ?? 0) - 1}`
  return [
    ...validateGeneratedSelector(job, prefixed),
    ...validateSelectedSpec('spec', spec),
    ...(spec.completionMode === 'Indexed' && completions !== undefined && completions > 0 && dns1123Label(lastPod).length > 0
      ? [invalidValue('metadata.name', metadata.name, `will not able to create pod with invalid DNS label: ${lastPod}`)]
      : []),
  ]
}

const validateGeneratedSelector = ({ metadata, spec }: Job, prefixed: boolean): FieldError[] => {
  if (spec.manualSelector || !spec.selector) return []
  const { name = '', uid = '' } = metadata
  const expected: Record<string, string> = {
    [legacyControllerUidLabel]: uid,
    [legacyJobNameLabel]: name,
    ...(prefixed && { [controllerUidLabel]: uid, [jobNameLabel]: name }),
  }
  const labels = spec.template?.metadata?.labels
  return [
    ...Object.entries(expected).flatMap(([key, value]) => {
      const path = `spec.template.metadata.labels[${key}]`
      if (labels?.[key] === undefined) return [requiredValue(path, `must be '${value}'`)]
      return labels[key] === value ? [] : [invalidValue(path, inKeyOrder(labels), `must be '${value}'`)]
    }),
    // what is wrong with it is said elsewhere
    ...(labelSelector('spec.selector', spec.selector).length > 0 || matchesLabelSelector(spec.selector, expected)
      ? []
      : [invalidValue('spec.selector', spec.selector, '`selector` not auto-generated')]),
  ]
}

export const validateSelectedSpec = (path: string, spec: JobSpec): FieldError[] => {
  const { selector } = spec
  const labels = spec.template?.metadata?.labels
  const errors = labelSelector(`${path}.selector`, selector)
  return [
    ...validateJobSpec(path, spec),
    ...(selector ? errors : [requiredValue(`${path}.selector`)]),
    ...(errors.length === 0 && !matchesLabelSelector(selector, labels)
      ? [invalidValue(`${path}.template.metadata.labels`, inKeyOrder(labels), '`selector` does not match template `labels`')]
      : []),
  ]
}

/** What a Job and the template of one have in common. */
export const validateJobSpec = (path: string, spec: JobSpec): FieldError[] => {
  const { managedBy, successPolicy, completionMode } = spec
  return [
    ...validateCounts(path, spec),
    ...(managedBy === undefined ? [] : domainPrefixedPath(`${path}.managedBy`, managedBy)),
    ...(managedBy !== undefined && Buffer.byteLength(managedBy) > maxManagedByBytes
      ? [tooLong(`${path}.managedBy`, maxManagedByBytes)]
      : []),
    ...validateMode(path, spec),
    ...(spec.podFailurePolicy ? validateFailurePolicy(`${path}.podFailurePolicy`, spec) : []),
    ...(successPolicy
      ? completionMode === 'Indexed'
        ? validateSuccessPolicy(`${path}.successPolicy`, successPolicy, spec.completions ?? 0)
        : [invalidValue(`${path}.successPolicy`, shownSuccessPolicy(successPolicy), 'requires indexed completion mode')]
      : []),
    ...validateReplacement(`${path}.podReplacementPolicy`, spec),
    ...validatePodTemplate(`${path}.template`, spec.template ?? {}),
    ...validateRestart(`${path}.template.spec.restartPolicy`, spec),
  ]
}

/** As upstream's own types have it, which is what its errors show. */
export const shownSuccessPolicy = (policy: JobSpec['successPolicy']) =>
  policy && {
    Rules: (policy.rules ?? []).map(({ succeededIndexes, succeededCount }) => ({
      SucceededIndexes: succeededIndexes ?? null,
      SucceededCount: succeededCount ?? null,
    })),
  }

const validateCounts = (path: string, spec: JobSpec): FieldError[] => [
  ...(
    [
      'parallelism',
      'completions',
      'activeDeadlineSeconds',
      'backoffLimit',
      'ttlSecondsAfterFinished',
      'backoffLimitPerIndex',
      'maxFailedIndexes',
    ] as const
  ).flatMap((name) => nonNegative(`${path}.${name}`, spec[name])),
  ...(spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined
    ? [requiredValue(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')]
    : []),
]

const validateMode = (path: string, spec: JobSpec): FieldError[] => {
  const { completionMode = 'NonIndexed' } = spec
  if (completionMode === 'Indexed') return validateIndexed(path, spec)
  if (completionMode !== 'NonIndexed') {
    return [notSupported(`${path}.completionMode`, completionMode, ['NonIndexed', 'Indexed'])]
  }
  return (['backoffLimitPerIndex', 'maxFailedIndexes'] as const).flatMap((name) =>
    spec[name] === undefined ? [] : [invalidValue(`${path}.${name}`, spec[name], 'requires indexed completion mode')],
  )
}

const validateIndexed = (path: string, spec: JobSpec): FieldError[] => {
  const { completions, parallelism = 0, maxFailedIndexes } = spec
  const atMost = (name: 'parallelism' | 'maxFailedIndexes', limit: number, when = '') =>
    (spec[name] ?? 0) > limit
      ? [invalidValue(`${path}.${name}`, spec[name], `must be less than or equal to ${limit}${when && ` when ${when}`}`)]
      : []
  const many = `completions are above ${maxIndexed} and used with backoff limit per index`
  return [
    ...(completions === undefined ? [requiredValue(`${path}.completions`, 'when completion mode is Indexed')] : []),
    ...(parallelism > maxIndexed ? atMost('parallelism', maxIndexed, 'completion mode is Indexed') : []),
    ...(completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions
      ? [invalidValue(`${path}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions')]
      : []),
    ...atMost('maxFailedIndexes', maxIndexed),
    ...((completions ?? 0) > maxIndexed && spec.backoffLimitPerIndex !== undefined
      ? [
          ...(maxFailedIndexes === undefined
            ? [requiredValue(`${path}.maxFailedIndexes`, `must be specified when completions is above ${maxIndexed}`)]
            : []),
          ...atMost('parallelism', maxOfManyCompletions, many),
          ...atMost('maxFailedIndexes', maxOfManyCompletions, many),
        ]
      : []),
  ]
}

const validateReplacement = (path: string, { podReplacementPolicy, podFailurePolicy }: JobSpec): FieldError[] => {
  const allowed = podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed']
  return podReplacementPolicy === undefined || allowed.includes(podReplacementPolicy)
    ? []
    : [notSupported(path, podReplacementPolicy, allowed)]
}

/** Pods of a Job come to an end. */
const validateRestart = (path: string, { template, podFailurePolicy }: JobSpec): FieldError[] => {
  const policy = template?.spec?.restartPolicy
  if (!policy || policy === 'Always') return [requiredValue(path, 'valid values: "OnFailure", "Never"')]
  if (policy !== 'OnFailure' && policy !== 'Never') return [notSupported(path, policy, ['OnFailure', 'Never'])]
  return podFailurePolicy && policy !== 'Never'
    ? [invalidValue(path, policy, 'only "Never" is supported when podFailurePolicy is specified')]
    : []
}
