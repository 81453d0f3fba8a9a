import type { CheckedExpression } from './check/checked.ts'
import { check } from './check/checker.ts'
import { validateLiterals } from './check/validate-literals.ts'
import type { Environment } from './environment.ts'
import { plan } from './evaluate/plan.ts'
import { parse } from './parse/parser.ts'
import { Source } from './parse/source.ts'
import type { Program } from './program.ts'
import type { CelType } from './type.ts'

export interface TypedExpression {
  /** Of the result, `dyn` where it is known at run time only. */
  readonly type: CelType
  readonly checked: CheckedExpression
}

/** Reads and checks an expression that nobody will evaluate. Throws CompileError with all that is wrong with it. */
export const typeCheck = (expression: string, environment: Environment): TypedExpression => {
  const source = new Source(expression)
  const root = parse(source, environment.macros)
  source.throwIfFailed()
  const checked = check(root, source, environment)
  source.throwIfFailed()
  validateLiterals(checked, source, environment)
  source.throwIfFailed()
  return { type: checked.types.get(checked.root.id)!, checked }
}

/** Throws PlanError (whose message is upstream's behind "program instantiation failed: ") where a constant of it can't be used. */
export const planProgram = (expression: string, { type, checked }: TypedExpression, environment: Environment): Program => ({
  expression,
  type,
  checked,
  environment,
  root: plan(checked, environment),
})

/** Both. */
export const compile = (expression: string, environment: Environment): Program =>
  planProgram(expression, typeCheck(expression, environment), environment)
