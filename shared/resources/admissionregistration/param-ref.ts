import { type FieldError, forbiddenField, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { pathSegment } from '../../meta/names.ts'
import type { LabelSelector, ParamRef } from '../generated/types.ts'
import { labelSelector } from '../validation/label.ts'
import { requiredOneOf } from '../validation/value.ts'

const exclusive = 'name and selector are mutually exclusive'

/** Findings about which objects a binding configures its policy by. */
export const validateParamRef = (path: string, ref: ParamRef | undefined): FieldError[] => {
  if (!ref) return []
  const { name, selector, parameterNotFoundAction } = ref
  const both = Boolean(name && selector)
  return [
    ...(name ? pathSegment(name).map((message) => invalidValue(`${path}.name`, name, message)) : []),
    ...(both ? [forbiddenField(`${path}.name`, exclusive)] : []),
    ...(selector ? labelSelector(`${path}.selector`, selector) : []),
    ...(both ? [forbiddenField(`${path}.selector`, exclusive)] : []),
    ...(name || selector ? [] : [requiredValue(path, 'one of name or selector must be specified')]),
    ...requiredOneOf(`${path}.parameterNotFoundAction`, parameterNotFoundAction, ['Deny', 'Allow']),
  ]
}

/** As a table shows it. */
export const shownParamRef = (ref: ParamRef | undefined): string => {
  if (ref?.name) return `${ref.namespace || '*'}/${ref.name}`
  return ref?.selector ? shownSelector(ref.selector) : '<unset>'
}

/** As Go prints one. */
const shownSelector = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string => {
  const labels = Object.keys(matchLabels)
    .sort()
    .map((key) => `${key}: ${matchLabels[key]},`)
  const expressions = matchExpressions.map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  )
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`
}
