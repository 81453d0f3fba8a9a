import { type FieldError, forbiddenField, invalidValue, requiredValue, tooLong } from '../../meta/field-error.ts'
import { labelValue, qualifiedName } from '../../meta/names.ts'
import type { LabelSelector } from '../generated/types.ts'
import { checked, each } from './value.ts'

const annotationsLimitBytes = 256 * 1024

export const labelKey = (path: string, key: string): FieldError[] => checked(path, key, qualifiedName)

export const labels = (path: string, values: Readonly<Record<string, string>> | undefined): FieldError[] =>
  Object.entries(values ?? {}).flatMap(([key, value]) => [...labelKey(path, key), ...checked(path, value, labelValue)])

export const annotations = (path: string, values: Readonly<Record<string, string>> | undefined): FieldError[] => {
  const entries = Object.entries(values ?? {})
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0)
  return [
    // case does not matter in their keys
    ...entries.flatMap(([key]) => checked(path, key, (text) => qualifiedName(text.toLowerCase()))),
    ...(size > annotationsLimitBytes ? [tooLong(path, annotationsLimitBytes)] : []),
  ]
}

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number]

/** What each operator says about how many values there are. */
const valueRules: Readonly<Record<string, (path: string, count: number) => FieldError[]>> = {
  In: (path, count) => (count > 0 ? [] : [requiredValue(path, "must be specified when `operator` is 'In' or 'NotIn'")]),
  NotIn: (path, count) => (count > 0 ? [] : [requiredValue(path, "must be specified when `operator` is 'In' or 'NotIn'")]),
  Exists: (path, count) =>
    count === 0 ? [] : [forbiddenField(path, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")],
  DoesNotExist: (path, count) =>
    count === 0 ? [] : [forbiddenField(path, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")],
}

/** How many values there are; undefined: nobody knows the operator. */
export const valueCount = (path: string, operator: string, count: number): FieldError[] | undefined =>
  Object.hasOwn(valueRules, operator) ? valueRules[operator]!(path, count) : undefined

const requirement = (path: string, wanted: Requirement): FieldError[] => [
  ...(valueCount(`${path}.values`, wanted.operator, wanted.values?.length ?? 0) ?? [
    invalidValue(`${path}.operator`, wanted.operator, 'not a valid selector operator'),
  ]),
  ...labelRequirement(path, wanted),
]

export const labelRequirement = (path: string, { key, values }: Pick<Requirement, 'key' | 'values'>): FieldError[] => [
  ...labelKey(`${path}.key`, key),
  ...each(`${path}.values`, values ?? [], (valuePath, value) => checked(valuePath, value, labelValue)),
]

export const labelSelector = (path: string, selector: LabelSelector | null | undefined): FieldError[] =>
  selector === undefined || selector === null
    ? []
    : [
        ...labels(`${path}.matchLabels`, selector.matchLabels),
        ...each(`${path}.matchExpressions`, selector.matchExpressions, requirement),
      ]
