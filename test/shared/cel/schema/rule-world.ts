import { estimateCost } from '../../../../shared/cel/estimate-cost.ts'
import { type CompiledExpression, compiledRules } from '../../../../shared/cel/schema/compile-rules.ts'
import { hintsOf } from '../../../../shared/cel/schema/declared-environment.ts'
import { declaredType, mostInRequest } from '../../../../shared/cel/schema/declared-type.ts'
import { runRules } from '../../../../shared/cel/schema/rule-run.ts'
import type { RuleAnswers } from '../oracle/oracle.ts'
import type { Question } from './questions.ts'

/** What becomes of rules, in the oracle's words. */
export const answerRules = ({ schema, value, old }: Question): RuleAnswers => {
  const declared = declaredType(schema, true)!
  const costOf = (expression: CompiledExpression | undefined) =>
    String(expression?.program ? estimateCost(expression.program, hintsOf(declared)).max : 0)
  const rules = compiledRules(schema, true)!.map(({ expression, message, usesOldSelf }) => ({
    maxCost: costOf(expression),
    cardinality: String(expression?.program ? mostInRequest(declared) : 0),
    ...(expression?.error === undefined ? {} : { error: expression.error }),
    usesOldSelf,
    ...(message?.error === undefined ? {} : { messageError: message.error }),
    messageCost: costOf(message),
  }))
  const { errors } = runRules(schema, { path: '', isResource: true, value, old })
  return { rules, errors: errors.map(({ field, message }) => `${field}: ${message}`).sort() }
}

/** Upstream names the type of `self` by the clock. */
export const comparableRules = ({ rules = [], errors = [] }: Partial<RuleAnswers>): unknown =>
  JSON.parse(JSON.stringify({ rules, errors }).replace(/selfType\d+/g, 'selfType'))
