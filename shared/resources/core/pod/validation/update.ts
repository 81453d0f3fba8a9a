import { type FieldError, forbiddenField, invalidValue, requiredValue } from '../../../../meta/field-error.ts'
import type { Container, PodSchedulingGate, PodSpec } from '../../../generated/types.ts'
import type { Pod } from '../../../resource.ts'
import { isEquivalent } from '../../../validation/equality.ts'
import { unifiedDiff } from '../../../validation/unified-diff.ts'
import { each } from '../../../validation/value.ts'
import { validateAnnotationChanges } from './annotation.ts'
import { isGated, validatePlacementOfGated, withPlacementOf } from './gated-update.ts'
import { validateAddedTolerations } from './scheduling.ts'

const maxInt32 = 2_147_483_647
const updatable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
]

/** Almost nothing of a pod may change once it is there. */
export const validatePodUpdate = (pod: Pod, old: Pod): FieldError[] => {
  const errors = validateAnnotationChanges(pod, old)
  for (const list of ['containers', 'initContainers'] as const) {
    const [now, before] = [pod.spec[list] ?? [], old.spec[list] ?? []]
    if (now.length !== before.length)
      return [...errors, forbiddenField(`spec.${list}`, 'pod updates may not add or remove containers')]
    errors.push(...each(`spec.${list}`, now, validateImage))
  }
  const deadline = validateDeadline(pod.spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds)
  if (deadline.length > 0 && pod.spec.activeDeadlineSeconds !== undefined) return [...errors, ...deadline]
  errors.push(
    ...deadline,
    ...validateAddedTolerations('spec.tolerations', pod.spec.tolerations ?? [], old.spec.tolerations ?? []),
    ...validateRemovedGates(pod.spec.schedulingGates ?? [], old.spec.schedulingGates ?? []),
    ...validatePlacementOfGated(pod.spec, old.spec),
  )
  const rest = withAllowedChangesUndone(pod.spec, old.spec)
  if (!isEquivalent(rest, old.spec))
    errors.push(
      forbiddenField(
        'spec',
        `pod updates may not change fields other than ${updatable.join(',')}\n${unifiedDiff(old.spec, rest)}`,
      ),
    )
  return errors
}

export const validateImage = (path: string, { image = '' }: Container): FieldError[] => [
  ...(image ? [] : [requiredValue(`${path}.image`)]),
  ...(image.trim() === image ? [] : [invalidValue(`${path}.image`, image, 'must not have leading or trailing whitespace')]),
]

const validateDeadline = (seconds: number | undefined, old: number | undefined): FieldError[] => {
  const path = 'spec.activeDeadlineSeconds'
  if (seconds === undefined)
    return old === undefined ? [] : [invalidValue(path, undefined, 'must not update from a positive integer to nil value')]
  if (seconds < 0 || seconds > maxInt32) return [invalidValue(path, seconds, `must be between 0 and ${maxInt32}, inclusive`)]
  return old !== undefined && old < seconds ? [invalidValue(path, seconds, 'must be less than or equal to previous value')] : []
}

const validateRemovedGates = (gates: readonly PodSchedulingGate[], old: readonly PodSchedulingGate[]): FieldError[] =>
  each('spec.schedulingGates', gates, (path, { name }) =>
    old.some((gate) => gate.name === name)
      ? []
      : [forbiddenField(`${path}.name`, `only deletion is allowed, but found new scheduling gate '${name}'`)],
  )

const withAllowedChangesUndone = (spec: PodSpec, old: PodSpec): PodSpec => {
  const withOldImages = (list: 'containers' | 'initContainers') =>
    (spec[list] ?? []).map((container, index) => ({ ...container, image: old[list]?.[index]?.image }))
  const rest: PodSpec = {
    ...spec,
    containers: withOldImages('containers'),
    initContainers: withOldImages('initContainers'),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    schedulingGates: old.schedulingGates,
    tolerations: old.tolerations,
  }
  if ((old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1)
    rest.terminationGracePeriodSeconds = old.terminationGracePeriodSeconds
  return inOrderOf(isGated(old) ? withPlacementOf(old, rest) : rest, old)
}

/** Fields in the order of the other object, so that a diff of the texts shows only what differs. */
const inOrderOf = <T extends object>(value: T, like: T): T =>
  Object.fromEntries(
    Object.keys({ ...like, ...value })
      .map((key) => [key, value[key as keyof T]] as const)
      .filter(([key, field]) => field !== undefined && !(Array.isArray(field) && field.length === 0 && !(key in like))),
  ) as T
