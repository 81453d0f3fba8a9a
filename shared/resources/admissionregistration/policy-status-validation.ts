import { type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { JsonPathError } from '../apiextensions/custom/json-path/node.ts'
import { parsePath } from '../apiextensions/custom/json-path/parse.ts'
import type { ExpressionWarning } from '../generated/types.ts'
import type { ValidatingAdmissionPolicy } from '../resource.ts'
import { conditions } from '../validation/condition.ts'
import { each } from '../validation/value.ts'

/** Findings about the status of a policy. */
export const validatePolicyStatus = ({ status }: ValidatingAdmissionPolicy): FieldError[] => [
  ...each('status.typeChecking.expressionWarnings', status?.typeChecking?.expressionWarnings, validateWarning),
  ...conditions('status.conditions', status?.conditions),
]

const validateWarning = (path: string, { warning, fieldRef = '' }: ExpressionWarning): FieldError[] => [
  ...(warning ? [] : [requiredValue(`${path}.warning`)]),
  ...validateFieldRef(`${path}.fieldRef`, fieldRef.trim()),
]

const validateFieldRef = (path: string, fieldRef: string): FieldError[] => {
  if (fieldRef === '') return [requiredValue(path)]
  try {
    // A name at its beginning is read as the field that it means.
    parsePath(/^\w/.test(fieldRef) ? `.${fieldRef}` : fieldRef)
    return []
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error
    return [invalidValue(path, fieldRef, `invalid JSONPath: ${error.message}`)]
  }
}
