import { planProgram, typeCheck } from '../compile.ts'
import type { Environment } from '../environment.ts'
import { PlanError } from '../evaluate/plan.ts'
import { CompileError } from '../issue.ts'
import type { Program } from '../program.ts'
import { type CelType, isExactType } from '../type.ts'

export type CompiledExpression =
  | { readonly program: Program; readonly error?: undefined }
  | { readonly program?: undefined; readonly error: ExpressionError }

/** What is wrong with an expression, in upstream's words. */
export interface ExpressionError {
  /** `internal`: not by the fault of who wrote it, upstream says */
  readonly type: 'invalid' | 'internal'
  readonly detail: string
}

/** `types`: what it may evaluate to; none: whatever it does. */
export const compileExpression = (
  expression: string,
  environment: Environment,
  types: readonly CelType[] = [],
): CompiledExpression => {
  try {
    const typed = typeCheck(expression, environment)
    if (types.length > 0 && !types.some((type) => isExactType(typed.type, type)))
      return wrong('invalid', `must evaluate to ${oneOf(types)} but got ${declaredName(typed.type)}`)
    return { program: planProgram(expression, typed, environment) }
  } catch (error) {
    if (error instanceof CompileError) return wrong('invalid', `compilation failed: ${error.message}`)
    if (error instanceof PlanError) return wrong('internal', `program instantiation failed: ${error.message}`)
    throw error
  }
}

const wrong = (type: ExpressionError['type'], detail: string) => ({ error: { type, detail } })

const oneOf = (types: readonly CelType[]): string =>
  types.length === 1 ? declaredName(types[0]!) : `one of [${types.map(declaredName).join(' ')}]`

/** As Go prints a type, which differs from what the checker's messages show. */
const declaredName = ({ name, nullable, parameters }: CelType): string => {
  if (parameters.length > 0) return `${name}(${parameters.map(declaredName).join(', ')})`
  return nullable ? `wrapper(${name})` : name
}
