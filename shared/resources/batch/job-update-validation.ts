import { type FieldError, invalidValue } from '../../meta/field-error.ts'
import type { JobSpec, PodFailurePolicy, PodTemplateSpec } from '../generated/types.ts'
import type { Job } from '../resource.ts'
import { immutable, isEquivalent } from '../validation/equality.ts'
import { controllerUidLabel, jobNameLabel, shownSuccessPolicy, validateJob, validateSelectedSpec } from './job-validation.ts'

export const validateJobUpdate = (job: Job, old: Job): FieldError[] => {
  const { spec } = job
  const labels = old.spec.template?.metadata?.labels ?? {}
  const hadLabels = labels[jobNameLabel] !== undefined && labels[controllerUidLabel] !== undefined
  return [
    ...validateJob(job, hadLabels),
    // once more, as upstream does
    ...validateSelectedSpec('spec', spec),
    ...validateCompletions(spec, old.spec),
    ...immutable('spec.selector', spec.selector, old.spec.selector),
    ...immutable('spec.template', spec.template, changeableTemplate(spec.template ?? {}, old)),
    ...kept('spec.completionMode', spec.completionMode, old.spec.completionMode),
    ...shownImmutable(
      'spec.podFailurePolicy',
      shownFailurePolicy(spec.podFailurePolicy),
      shownFailurePolicy(old.spec.podFailurePolicy),
    ),
    ...kept('spec.backoffLimitPerIndex', spec.backoffLimitPerIndex, old.spec.backoffLimitPerIndex),
    ...kept('spec.managedBy', spec.managedBy, old.spec.managedBy),
    ...shownImmutable('spec.successPolicy', shownSuccessPolicy(spec.successPolicy), shownSuccessPolicy(old.spec.successPolicy)),
  ]
}

/** 0 is something else than nothing here. */
const kept = (path: string, value: number | string | undefined, old: number | string | undefined): FieldError[] =>
  value === old ? [] : [invalidValue(path, value ?? null, 'field is immutable')]

const shownImmutable = (path: string, value: object | undefined, old: object | undefined): FieldError[] =>
  isEquivalent(value, old) ? [] : [invalidValue(path, value ?? null, 'field is immutable')]

const shownFailurePolicy = (policy: PodFailurePolicy | undefined) =>
  policy && {
    Rules: (policy.rules ?? []).map(({ action, onExitCodes, onPodConditions }) => ({
      Action: action,
      OnExitCodes: onExitCodes
        ? {
            ContainerName: onExitCodes.containerName ?? null,
            Operator: onExitCodes.operator,
            Values: onExitCodes.values ?? null,
          }
        : null,
      OnPodConditions: onPodConditions?.map(({ type, status }) => ({ Type: type, Status: status })) ?? null,
    })),
  }

/** Those of an Indexed Job may follow its parallelism. */
const validateCompletions = (spec: JobSpec, old: JobSpec): FieldError[] => {
  const { completions, parallelism, completionMode } = spec
  if (completions === old.completions) return []
  if (completionMode !== 'Indexed') return kept('spec.completions', completions, old.completions)
  return completions === undefined || completions === parallelism
    ? []
    : [invalidValue('spec.completions', completions, 'can only be modified in tandem with spec.parallelism')]
}

/** What the template has to be: of a suspended Job that never started, what says where its pods go may change. */
const changeableTemplate = (template: PodTemplateSpec, { spec: old, status }: Job): PodTemplateSpec => {
  if (!old.suspend || status?.startTime) return old.template
  const wanted = template.spec ?? { containers: [] }
  return {
    ...old.template,
    metadata: {
      ...old.template.metadata,
      annotations: template.metadata?.annotations,
      labels: template.metadata?.labels,
    },
    spec: {
      ...(old.template.spec ?? { containers: [] }),
      affinity: changeableAffinity(wanted.affinity, old.template.spec?.affinity),
      nodeSelector: wanted.nodeSelector,
      tolerations: wanted.tolerations,
      schedulingGates: wanted.schedulingGates,
    },
  }
}

type Affinity = NonNullable<PodTemplateSpec['spec']>['affinity']

const changeableAffinity = (wanted: Affinity, old: Affinity): Affinity => {
  if (!wanted) {
    const { nodeAffinity: _nodeAffinity, ...rest } = old ?? {}
    return Object.keys(rest).length > 0 ? rest : undefined
  }
  return { ...old, nodeAffinity: wanted.nodeAffinity }
}
