import { check } from './check/checker.ts'
import { validateLiterals } from './check/validate-literals.ts'
import type { Environment } from './environment.ts'
import { plan } from './evaluate/plan.ts'
import { parse } from './parse/parser.ts'
import { Source } from './parse/source.ts'
import type { Program } from './program.ts'

/**
 * Reads and checks an expression. Throws CompileError with all that is wrong with it, PlanError (whose message is upstream's
 * behind "program instantiation failed: ") where a constant of it can't be used.
 */
export const compile = (expression: string, environment: Environment): Program => {
  const source = new Source(expression)
  const root = parse(source, environment.macros)
  source.throwIfFailed()
  const checked = check(root, source, environment)
  source.throwIfFailed()
  validateLiterals(checked, source, environment)
  source.throwIfFailed()
  return { expression, type: checked.types.get(checked.root.id)!, checked, environment, root: plan(checked, environment) }
}
