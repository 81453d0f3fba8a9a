import { compileRules } from '../../../../shared/cel/schema/compile-rules.ts'
import { declaredType, mostInRequest } from '../../../../shared/cel/schema/declared-type.ts'
import { createRuleValidator } from '../../../../shared/cel/schema/rule-validator.ts'
import type { RuleAnswers } from '../oracle/oracle.ts'
import type { Question } from './questions.ts'

/** What becomes of rules, in the oracle's words. */
export const answerRules = ({ schema, value, old }: Question): RuleAnswers => {
  const declared = declaredType(schema, { isRoot: true, name: 'selfType' })!
  const rules = compileRules(schema['x-kubernetes-validations'] ?? [], declared).map(({ expression, message, usesOldSelf }) => ({
    maxCost: String(expression?.program ? expression.maxCost : 0),
    cardinality: String(expression?.program ? mostInRequest(declared) : 0),
    ...(expression?.error === undefined ? {} : { error: expression.error }),
    usesOldSelf,
    ...(message?.error === undefined ? {} : { messageError: message.error }),
    messageCost: String(message?.program ? message.maxCost : 0),
  }))
  const validator = createRuleValidator(schema, { isResourceRoot: true, followPath: (path) => path.slice(1) })
  const errors = validator
    ?.validate({ path: '', value, old })
    .errors.map(({ field, message }) => `${field || '<nil>'}: ${message}`)
  return { rules, errors: errors?.sort() ?? [] }
}

/** Upstream names the type of `self` by the clock. */
export const comparableRules = ({ rules = [], errors = [] }: Partial<RuleAnswers>): unknown =>
  JSON.parse(JSON.stringify({ rules, errors }).replace(/selfType\d+/g, 'selfType'))
