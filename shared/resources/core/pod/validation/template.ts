import { type FieldError, forbiddenField, inKeyOrder, invalidValue, notSupported } from '../../../../meta/field-error.ts'
import { matchesLabelSelector } from '../../../../meta/label-selector.ts'
import type { LabelSelector, PodTemplateSpec } from '../../../generated/types.ts'
import { annotations, labels } from '../../../validation/label.ts'
import { validatePodAnnotations } from './annotation.ts'
import { validateProfileMatch } from './profile-match.ts'
import { validatePodSpec } from './spec.ts'

/** The template of a pod, in whatever kind has one. */
export const validatePodTemplate = (path: string, template: PodTemplateSpec): FieldError[] => {
  const { spec } = template
  return [
    ...validateTemplateMetadata(path, template),
    ...validatePodSpec(`${path}.spec`, spec ?? { containers: [] }, { isPod: false }),
    ...(spec ? validateProfileMatch(`${path}.spec`, template.metadata ?? {}, spec) : []),
    ...(spec?.ephemeralContainers?.length
      ? [forbiddenField(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]
      : []),
  ]
}

export const validateTemplateMetadata = (path: string, { metadata, spec }: PodTemplateSpec): FieldError[] => [
  ...labels(`${path}.labels`, metadata?.labels),
  ...annotations(`${path}.annotations`, metadata?.annotations),
  ...validatePodAnnotations(`${path}.annotations`, metadata?.annotations, spec),
]

/** The template of pods that a controller keeps running: they match its selector and start again for ever. */
export const validateRunningTemplate = (
  path: string,
  template: PodTemplateSpec,
  selector: LabelSelector | undefined,
): FieldError[] => [
  ...(isEmptySelector(selector) ? [] : validateSelected(path, template, selector)),
  ...validatePodTemplate(path, template),
  ...validateEndless(path, template, 'ReplicaSet'),
]

export const validateSelected = (
  path: string,
  { metadata }: PodTemplateSpec,
  selector: LabelSelector | undefined,
): FieldError[] =>
  matchesLabelSelector(selector, metadata?.labels)
    ? []
    : [invalidValue(`${path}.metadata.labels`, inKeyOrder(metadata?.labels), '`selector` does not match template `labels`')]

/** Pods that start again for ever. */
export const validateEndless = (path: string, { spec }: PodTemplateSpec, kind: string): FieldError[] => [
  ...(spec?.restartPolicy === 'Always'
    ? []
    : [notSupported(`${path}.spec.restartPolicy`, spec?.restartPolicy ?? '', ['Always'])]),
  ...(spec?.activeDeadlineSeconds === undefined
    ? []
    : [forbiddenField(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`)]),
]

/** An undefined selector matches nothing, as upstream has it. */
export const isEmptySelector = (selector: LabelSelector | undefined) =>
  selector !== undefined && Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0) === 0
