import { admissionEnvironment } from '../../../cel/admission/admission-environment.ts'
import { type CompiledExpression, compileExpression } from '../../../cel/admission/compile-expression.ts'
import { boolType } from '../../../cel/type.ts'
import { BudgetExceeded, type ExpressionInputs, ExpressionRun } from './expression-run.ts'
import type { CompiledVariables } from './lazy-variables.ts'

/** of all conditions of a webhook, or of a policy with one of its params */
const budget = 2_500_000
const noVariables: CompiledVariables = new Map()

export interface MatchCondition {
  readonly name: string
  readonly expression: string
}

/** Kept as long as the configuration is the same. */
export type CompiledConditions = readonly (MatchCondition & { readonly compiled: CompiledExpression })[]

/** `params`: whether there is a variable of that name. They were looked at when they were written; one that no longer compiles fails when it is asked. */
export const compileMatchConditions = (
  conditions: readonly MatchCondition[],
  { params }: { params: boolean },
): CompiledConditions => {
  const environment = admissionEnvironment({ params, authorizer: true })
  return conditions.map((condition) => ({
    ...condition,
    compiled: compileExpression(condition.expression, environment, [boolType]),
  }))
}

export type MatchResult =
  | { readonly matches: true }
  /** `condition`: the name of the first that is false; undefined: they failed, and failures are ignored */
  | { readonly matches: false; readonly condition?: string | undefined; readonly error?: undefined }
  /** they failed, and the request fails with this text */
  | { readonly matches: false; readonly error: string }

/**
 * Whether all conditions are true. One that is false decides, though others failed; else failures do, by the policy for them. Conditions
 * see no `namespaceObject`.
 */
export const matchConditions = async (
  conditions: CompiledConditions,
  inputs: ExpressionInputs,
  failurePolicy: 'Fail' | 'Ignore',
): Promise<MatchResult> => {
  if (conditions.length === 0) return { matches: true }
  const failed = (error: string): MatchResult => (failurePolicy === 'Ignore' ? { matches: false } : { matches: false, error })
  const run = new ExpressionRun({ ...inputs, namespaceObject: null }, noVariables, budget)
  const errors: string[] = []
  let first: string | undefined
  try {
    for (const { name, expression, compiled } of conditions) {
      const { value, error } = await run.evaluate(expression, compiled)
      if (error !== undefined) errors.push(error)
      else if (value === false) first ??= name
    }
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error
    return failed(error.message)
  }
  if (first !== undefined) return { matches: false, condition: first }
  if (errors.length > 0) return failed(joined(errors))
  return { matches: true }
}

/** As upstream tells several at once. */
const joined = (errors: readonly string[]): string => {
  const distinct = [...new Set(errors)]
  return distinct.length === 1 ? distinct[0]! : `[${distinct.join(', ')}]`
}
