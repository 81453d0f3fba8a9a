import { duplicateValue, type FieldError, forbiddenField, invalidValue, requiredValue } from '../../meta/field-error.ts'
import type { EvaluationError } from '../cel.ts'
import type { CelSchema, Rule } from './schema.ts'

export const outOfBudget = 'validation failed due to running out of cost budget, no further validation rules will be run'

/** What a rule is called in errors. */
const ruleText = ({ rule, message }: Rule): string => (message || rule).trim()

export const messageOf = (rule: Rule): string => (rule.message ? rule.message.trim() : `failed rule: ${ruleText(rule)}`)

/** Why nobody can tell whether a rule holds. */
export const failureText = ({ message, exceeded }: EvaluationError, rule: Rule): string => {
  if (message.startsWith('no such overload'))
    return `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${ruleText(rule)}`
  if (exceeded)
    return `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${ruleText(rule)}`
  return `${message} evaluating rule: ${ruleText(rule)}`
}

interface Broken {
  readonly value: unknown
  readonly detail: string
  readonly reason: string | undefined
}

/** That a rule does not hold. Objects and lists are not shown. */
export const brokenRule = (path: string, { type }: CelSchema, { value, detail, reason }: Broken): FieldError => {
  const hidden = type === 'object' || type === 'array'
  switch (reason) {
    case 'FieldValueForbidden':
      return forbiddenField(path, detail)
    case 'FieldValueRequired':
      return requiredValue(path, detail)
    case 'FieldValueDuplicate':
      return hidden ? { type: 'FieldValueDuplicate', field: path, message: 'Duplicate value' } : duplicateValue(path, value)
  }
  return hidden
    ? { type: 'FieldValueInvalid', field: path, message: `Invalid value${detail ? `: ${detail}` : ''}` }
    : invalidValue(path, value, detail)
}
