import { admissionEnvironment } from '../../cel/admission/admission-environment.ts'
import type { Environment } from '../../cel/environment.ts'
import { boolType } from '../../cel/type.ts'
import { duplicateValue, type FieldError, requiredValue, tooMany } from '../../meta/field-error.ts'
import { qualifiedName } from '../../meta/names.ts'
import { checked, createSeen, each } from '../validation/value.ts'
import { expression } from './expression-validation.ts'

const mostConditions = 64

interface MatchCondition {
  readonly name?: string | undefined
  readonly expression?: string | undefined
}

/** Findings about `matchConditions` of a webhook or a policy. `params`: whether they may name `params`. */
export const matchConditions = (
  path: string,
  conditions: readonly MatchCondition[] | undefined,
  { params }: { params: boolean },
): FieldError[] => {
  const count = conditions?.length ?? 0
  const environment = admissionEnvironment({ params, authorizer: true })
  const seen = createSeen()
  return [
    ...(count > mostConditions ? [tooMany(path, count, mostConditions)] : []),
    ...each(path, conditions, (at, condition) => [
      ...matchCondition(at, condition, environment),
      ...(condition.name && seen(condition.name) ? [duplicateValue(`${at}.name`, condition.name)] : []),
    ]),
  ]
}

const matchCondition = (
  path: string,
  { name, expression: text = '' }: MatchCondition,
  environment: Environment,
): FieldError[] => {
  const trimmed = text.trim()
  return [
    ...(trimmed
      ? expression(`${path}.expression`, trimmed, { environment, types: [boolType] })
      : [requiredValue(`${path}.expression`)]),
    ...(name ? checked(`${path}.name`, name, qualifiedName) : [requiredValue(`${path}.name`)]),
  ]
}
