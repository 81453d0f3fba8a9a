import { type CompiledExpression, compileExpression } from '../../cel/admission/compile-expression.ts'
import type { Environment } from '../../cel/environment.ts'
import type { CelType } from '../../cel/type.ts'
import { type FieldError, invalidValue } from '../../meta/field-error.ts'

interface Wanted {
  readonly environment: Environment
  /** what it may evaluate to; none: anything */
  readonly types?: readonly CelType[]
}

/** Findings about an expression of admission. */
export const expression = (path: string, text: string, { environment, types }: Wanted): FieldError[] =>
  compiledFindings(path, text, compileExpression(text, environment, types))

/** The same of what was compiled. */
export const compiledFindings = (path: string, text: string, { error }: CompiledExpression): FieldError[] => {
  if (!error) return []
  if (error.type === 'invalid') return [invalidValue(path, text, error.detail)]
  return [{ type: 'InternalError', field: path, message: `Internal error: ${error.detail}` }]
}
