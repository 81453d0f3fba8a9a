import { type FieldError, forbiddenField, invalidValue, notSupported } from '../../../../meta/field-error.ts'
import { matchesLabelSelector } from '../../../../meta/label-selector.ts'
import type { LabelSelector, PodTemplateSpec } from '../../../generated/types.ts'
import { annotations, labels } from '../../../validation/label.ts'
import { validatePodAnnotations } from './annotation.ts'
import { validatePodSpec } from './spec.ts'

/** The template of a pod, in whatever kind has one. */
export const validatePodTemplate = (path: string, { metadata, spec }: PodTemplateSpec): FieldError[] => [
  ...labels(`${path}.labels`, metadata?.labels),
  ...annotations(`${path}.annotations`, metadata?.annotations),
  ...validatePodAnnotations(`${path}.annotations`, metadata?.annotations, spec),
  ...validatePodSpec(`${path}.spec`, spec ?? { containers: [] }, { isPod: false }),
  ...(spec?.ephemeralContainers?.length
    ? [forbiddenField(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]
    : []),
]

/** The template of pods that a controller keeps running: they match its selector and start again for ever. */
export const validateRunningTemplate = (
  path: string,
  template: PodTemplateSpec,
  selector: LabelSelector | undefined,
): FieldError[] => [
  ...(isEmpty(selector) || matchesLabelSelector(selector, template.metadata?.labels)
    ? []
    : [invalidValue(`${path}.metadata.labels`, template.metadata?.labels, '`selector` does not match template `labels`')]),
  ...validatePodTemplate(path, template),
  ...(template.spec?.restartPolicy === 'Always'
    ? []
    : [notSupported(`${path}.spec.restartPolicy`, template.spec?.restartPolicy ?? '', ['Always'])]),
  ...(template.spec?.activeDeadlineSeconds === undefined
    ? []
    : [forbiddenField(`${path}.spec.activeDeadlineSeconds`, 'activeDeadlineSeconds in ReplicaSet is not Supported')]),
]

/** An undefined selector matches nothing, as upstream has it. */
const isEmpty = (selector: LabelSelector | undefined) =>
  selector !== undefined && Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0) === 0
