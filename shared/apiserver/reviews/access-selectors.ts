import { type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { type FieldRequirement, parseFieldSelector } from '../../meta/field-selector.ts'
import { labelSelectorMatcher, parseLabelSelector } from '../../meta/label-selector.ts'
import { labelRequirement, valueCount } from '../../resources/validation/label.ts'
import { each } from '../../resources/validation/value.ts'

/** What a list or watch would be narrowed to. */
export interface AccessSelector {
  readonly rawSelector?: string
  readonly requirements?: readonly SelectorRequirement[]
}

interface SelectorRequirement {
  readonly key?: string
  readonly operator?: string
  readonly values?: readonly string[]
}

interface Selectors {
  readonly fieldSelector?: AccessSelector
  readonly labelSelector?: AccessSelector
}

type RequirementCheck = (path: string, requirement: SelectorRequirement) => FieldError[]

const selectorErrors = (path: string, selector: AccessSelector | undefined, check: RequirementCheck): FieldError[] => {
  if (!selector) return []
  const { rawSelector = '', requirements = [] } = selector
  const given = rawSelector !== ''
  return [
    ...(given && requirements.length > 0
      ? [invalidValue(`${path}.rawSelector`, rawSelector, 'may not specified at the same time as requirements')]
      : []),
    ...(!given && requirements.length === 0
      ? [requiredValue(`${path}.requirements`, `when ${path} is specified, requirements or rawSelector is required`)]
      : []),
    ...each(`${path}.requirements`, [...requirements], check),
  ]
}

/** A newer client may know more operators. */
const countErrors: RequirementCheck = (path, { operator = '', values = [] }) =>
  valueCount(`${path}.values`, operator, values.length) ?? []

export const accessSelectorErrors = ({ fieldSelector, labelSelector }: Selectors): FieldError[] => [
  ...selectorErrors('spec.resourceAttributes.fieldSelector', fieldSelector, (path, requirement) => [
    ...(requirement.key ? [] : [requiredValue(`${path}.key`, 'must be specified')]),
    ...countErrors(path, requirement),
  ]),
  ...selectorErrors('spec.resourceAttributes.labelSelector', labelSelector, (path, requirement) => [
    ...countErrors(path, requirement),
    ...labelRequirement(path, { key: requirement.key ?? '', values: [...(requirement.values ?? [])] }),
  ]),
]

/** What could be read of selectors: to leave a part out asks for more, never for less. */
export interface ReadSelectors {
  readonly fields: readonly FieldRequirement[] | undefined
  /** undefined: all was read */
  readonly error: string | undefined
}

export const readAccessSelectors = ({ fieldSelector, labelSelector }: Selectors): ReadSelectors => {
  const fields = fieldSelector && readFields(fieldSelector)
  const labels = labelSelector && readLabels(labelSelector)
  const errors = [ignored('fieldSelector', fields), ignored('labelSelector', labels)].filter(Boolean)
  return { fields: fields?.read, error: errors.join('; ') || undefined }
}

interface Read<T> {
  readonly read: readonly T[]
  readonly failed: boolean
}

const ignored = (name: string, result: Read<unknown> | undefined): string | undefined =>
  result?.failed
    ? `spec.resourceAttributes.${name} ${result.read.length > 0 ? 'partially ' : ''}ignored due to parse error`
    : undefined

const readFields = ({ rawSelector, requirements = [] }: AccessSelector): Read<FieldRequirement> => {
  if (rawSelector) return attempt(() => parseFieldSelector(rawSelector))
  const read = requirements.flatMap(({ key = '', operator, values = [] }): FieldRequirement[] => {
    const [value] = values
    if (values.length !== 1 || value === undefined || (operator !== 'In' && operator !== 'NotIn')) return []
    return [{ field: key, operator: operator === 'In' ? '=' : '!=', value }]
  })
  return { read, failed: read.length < requirements.length }
}

const readLabels = ({ rawSelector, requirements = [] }: AccessSelector): Read<unknown> => {
  if (rawSelector) return attempt(() => [parseLabelSelector(rawSelector)])
  const read = requirements.flatMap(({ key = '', operator = '', values = [] }) => {
    const one = { key, operator, values: [...values] }
    return attempt(() => [labelSelectorMatcher({ matchExpressions: [one] })]).read
  })
  return { read, failed: read.length < requirements.length }
}

const attempt = <T>(parse: () => readonly T[]): Read<T> => {
  try {
    return { read: parse(), failed: false }
  } catch {
    return { read: [], failed: true }
  }
}
