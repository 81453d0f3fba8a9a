import { duplicateValue, type FieldError, requiredValue } from '../../meta/field-error.ts'
import { createSeen, each } from '../validation/value.ts'

interface Condition {
  readonly type?: string | undefined
}

/** Conditions of these kinds have a type, once, and nothing else that is checked. */
export const validateConditions = (conditions: readonly Condition[] | undefined): FieldError[] => {
  const isSeen = createSeen()
  return each('status.conditions', conditions, (path, { type = '' }) => [
    ...(isSeen(type) ? [duplicateValue(`${path}.type`, type)] : []),
    ...(type ? [] : [requiredValue(`${path}.type`)]),
  ])
}
