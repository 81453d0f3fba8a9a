import { EvaluationError } from '../../../../shared/cel/cel.ts'
import { compile } from '../../../../shared/cel/compile.ts'
import { createEnvironment } from '../../../../shared/cel/environment.ts'
import { PlanError } from '../../../../shared/cel/evaluate/plan.ts'
import { evaluate } from '../../../../shared/cel/evaluate.ts'
import { CompileError } from '../../../../shared/cel/issue.ts'
import type { CelType } from '../../../../shared/cel/type.ts'
import { show } from '../show.ts'
import { Inexpressible, typeFrom, type Vector, valueFrom } from './vectors.ts'

export interface Outcome {
  readonly expected: string
  readonly found: string
}

/** What came of a vector and what should have. Throws Inexpressible. */
export const outcomeOf = ({ test }: Vector): Outcome => {
  const variables: Record<string, CelType> = {}
  for (const { name, declKind } of test.typeEnv) {
    if (declKind.case !== 'ident') throw new Inexpressible('a function of its own')
    variables[name] = typeFrom(declKind.value.type!)
  }
  const values = Object.fromEntries(
    Object.entries(test.bindings).map(([name, { kind }]) => {
      if (kind.case !== 'value') throw new Inexpressible('an unknown value')
      return [name, valueFrom(kind.value)]
    }),
  )
  const { case: kind, value } = test.resultMatcher
  const program = () => compile(test.expr, createEnvironment({ variables }))
  const result = (ready = program()) => show(evaluate(ready, values).value)
  switch (kind) {
    case 'value':
      return { expected: show(valueFrom(value)), found: attempt(() => result()) }
    case 'typedResult': {
      const [type, wanted] = [String(typeFrom(value.deducedType!)), value.result && show(valueFrom(value.result))]
      const found = attempt(() => {
        const ready = program()
        return `${wanted === undefined ? '' : result(ready)} of ${ready.type}`
      })
      return { expected: `${wanted ?? ''} of ${type}`, found }
    }
    case undefined:
      return { expected: 'true', found: attempt(() => result()) }
    default:
      return { expected: 'error', found: attempt(() => result()) }
  }
}

const attempt = (run: () => string): string => {
  try {
    return run()
  } catch (error) {
    if (error instanceof CompileError) throw new Inexpressible(error.message)
    if (error instanceof EvaluationError || error instanceof PlanError) return 'error'
    throw error
  }
}
