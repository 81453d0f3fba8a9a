import { duplicateValue, type FieldError, invalidValue, requiredValue, tooLong } from '../../meta/field-error.ts'
import { conditionReason, qualifiedName } from '../../meta/names.ts'
import type { Condition } from '../generated/types.ts'
import { checked, createSeen, each, oneOf } from './value.ts'

const maxReasonBytes = 1024
const maxMessageBytes = 32 * 1024

/** Conditions of the common form (metav1.Condition). */
export const conditions = (path: string, values: readonly Condition[] | undefined): FieldError[] => {
  const seen = createSeen()
  return each(path, values, (conditionPath, condition) => [
    ...(seen(condition.type) ? [duplicateValue(`${conditionPath}.type`, condition.type)] : []),
    ...validateCondition(conditionPath, condition),
  ])
}

const validateCondition = (path: string, condition: Condition): FieldError[] => {
  const { type = '', status, observedGeneration = 0, lastTransitionTime, reason = '', message = '' } = condition
  return [
    ...checked(`${path}.type`, type, qualifiedName),
    ...oneOf(`${path}.status`, status, ['False', 'True', 'Unknown']),
    ...(observedGeneration < 0
      ? [invalidValue(`${path}.observedGeneration`, observedGeneration, 'must be greater than or equal to zero')]
      : []),
    ...(lastTransitionTime ? [] : [requiredValue(`${path}.lastTransitionTime`)]),
    ...(reason ? checked(`${path}.reason`, reason, conditionReason) : [requiredValue(`${path}.reason`)]),
    ...(Buffer.byteLength(reason) > maxReasonBytes ? [tooLong(`${path}.reason`, maxReasonBytes)] : []),
    ...(Buffer.byteLength(message) > maxMessageBytes ? [tooLong(`${path}.message`, maxMessageBytes)] : []),
  ]
}
