import { type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { percentage } from '../../meta/names.ts'
import { isEmptySelector, validateRunningTemplate } from '../core/pod/validation/template.ts'
import type { LabelSelector, PodTemplateSpec } from '../generated/types.ts'
import { labelSelector } from '../validation/label.ts'
import { checked, nonNegative } from '../validation/value.ts'

/** The selector of a controller that keeps pods running, and the template that has to match it. */
export const validateSelectorAndTemplate = (
  path: string,
  parts: { selector: LabelSelector | null | undefined; template: PodTemplateSpec | undefined },
): FieldError[] => {
  const { template } = parts
  const selector = parts.selector ?? undefined
  const selectorPath = `${path}.selector`
  const errors = labelSelector(selectorPath, selector)
  return [
    ...(selector === undefined ? [requiredValue(selectorPath)] : errors),
    // upstream says deployment for every kind
    ...(isEmptySelector(selector) ? [invalidValue(selectorPath, selector, 'empty selector is invalid for deployment')] : []),
    ...(errors.length > 0
      ? [invalidValue(selectorPath, selector, 'invalid label selector')]
      : validateRunningTemplate(`${path}.template`, template ?? {}, selector)),
  ]
}

/** Counts that a controller writes; those of `parts` are out of `replicas`. */
export const validateReplicaCounts = <Name extends string>(
  status: Partial<Record<Name | 'replicas' | 'readyReplicas' | 'availableReplicas', number | undefined>>,
  counts: readonly Name[],
  parts: readonly (Name | 'readyReplicas' | 'availableReplicas')[],
  readyName = 'readyReplicas',
): FieldError[] => {
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status as Record<string, number | undefined>
  const count = (name: string) => (status as Record<string, number | undefined>)[name]
  return [
    ...counts.flatMap((name) => nonNegative(`status.${name}`, count(name))),
    ...parts
      .filter((name) => (count(name) ?? 0) > replicas)
      .map((name) => invalidValue(`status.${name}`, count(name) ?? 0, 'cannot be greater than status.replicas')),
    ...(availableReplicas > readyReplicas
      ? [invalidValue('status.availableReplicas', availableReplicas, `cannot be greater than ${readyName}`)]
      : []),
  ]
}

export type IntOrPercent = number | string | undefined

export const validateIntOrPercent = (path: string, value: IntOrPercent): FieldError[] =>
  typeof value === 'string' ? checked(path, value, percentage) : nonNegative(path, value)

/** The number, or the percentage as one. */
export const numberOf = (value: IntOrPercent): number =>
  typeof value === 'string' ? (percentage(value).length === 0 ? Number.parseInt(value, 10) : 0) : (value ?? 0)

export const atMostAll = (path: string, value: IntOrPercent): FieldError[] =>
  typeof value === 'string' && numberOf(value) > 100 ? [invalidValue(path, value, 'must not be greater than 100%')] : []
