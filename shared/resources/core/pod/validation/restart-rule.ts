import { type FieldError, requiredValue, tooLong } from '../../../../meta/field-error.ts'
import type { Container } from '../../../generated/types.ts'
import { each, oneOf, optionalOneOf } from '../../../validation/value.ts'

const maxRules = 20
const maxExitCodes = 255

/** A container's own restart policy and rules. `onlyWithPolicy`: rules without a policy are looked at no further. */
export const validateRestartRules = (
  path: string,
  { restartPolicy, restartPolicyRules = [] }: Container,
  { onlyWithPolicy = false }: { onlyWithPolicy?: boolean } = {},
): FieldError[] => {
  const rulesPath = `${path}.restartPolicyRules`
  const missing =
    restartPolicy === undefined && restartPolicyRules.length > 0
      ? [requiredValue(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used')]
      : []
  if (onlyWithPolicy && restartPolicy === undefined) return missing
  return [
    ...missing,
    ...optionalOneOf(`${path}.restartPolicy`, restartPolicy, ['Always', 'Never', 'OnFailure']),
    ...(restartPolicyRules.length > maxRules ? [tooLong(rulesPath, maxRules)] : []),
    ...each(rulesPath, restartPolicyRules, (rulePath, { action, exitCodes }) => [
      ...oneOf(`${rulePath}.action`, action, ['Restart']),
      ...(exitCodes
        ? [
            ...oneOf(`${rulePath}.exitCodes.operator`, exitCodes.operator, ['In', 'NotIn']),
            ...((exitCodes.values?.length ?? 0) > maxExitCodes ? [tooLong(`${rulePath}.exitCodes.values`, maxExitCodes)] : []),
          ]
        : [requiredValue(`${rulePath}.exitCodes`, 'must be specified')]),
    ]),
  ]
}
