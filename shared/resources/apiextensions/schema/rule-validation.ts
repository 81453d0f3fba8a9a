import { followPath } from '../../../cel/schema/field-path.ts'
import { type FieldError, invalidValue, notSupported, requiredValue } from '../../../meta/field-error.ts'
import type { JsonSchema } from '../json-schema.ts'
import { isUnstructured } from './unstructured.ts'

type Rule = NonNullable<JsonSchema['x-kubernetes-validations']>[number]

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']
const lineBreak = /[\n\r]/

/** What is wrong with rules before anybody reads their expressions. */
export const validateRuleTexts = (path: string, schema: JsonSchema): FieldError[] =>
  (schema['x-kubernetes-validations'] ?? []).flatMap((rule, index) =>
    validateRule(`${path}.x-kubernetes-validations[${index}]`, rule, schema),
  )

const validateRule = (
  path: string,
  { rule, message = '', messageExpression = '', reason, fieldPath = '' }: Rule,
  schema: JsonSchema,
) => {
  const errors: FieldError[] = []
  const text = message.trim()
  if (rule.trim() === '') errors.push(requiredValue(`${path}.rule`, 'rule is not specified'))
  else if (message && text === '') errors.push(invalidValue(`${path}.message`, message, 'must be non-empty if specified'))
  else if (lineBreak.test(text)) errors.push(invalidValue(`${path}.message`, message, 'must not contain line breaks'))
  else if (lineBreak.test(rule.trim()) && text === '') {
    errors.push(requiredValue(`${path}.message`, 'message must be specified if rule contains line breaks'))
  }
  if (messageExpression && messageExpression.trim() === '') {
    errors.push(requiredValue(`${path}.messageExpression`, 'messageExpression must be non-empty if specified'))
  }
  if (reason !== undefined && !reasons.includes(reason)) errors.push(notSupported(`${path}.reason`, reason, reasons))
  if (!fieldPath) return errors
  if (fieldPath.trim() === '') errors.push(invalidValue(`${path}.fieldPath`, fieldPath, 'must be non-empty if specified'))
  if (lineBreak.test(fieldPath)) errors.push(invalidValue(`${path}.fieldPath`, fieldPath, 'must not contain line breaks'))
  if (!isUnstructured(schema) && typeof followPath(fieldPath, schema, true) === 'string') {
    errors.push(invalidValue(`${path}.fieldPath`, fieldPath, 'must be a valid path'))
  }
  return errors
}
