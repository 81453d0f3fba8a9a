import { EvaluationError } from '../../../shared/cel/cel.ts'
import { compile } from '../../../shared/cel/compile.ts'
import { createEnvironment } from '../../../shared/cel/environment.ts'
import { estimateCost } from '../../../shared/cel/estimate-cost.ts'
import { PlanError } from '../../../shared/cel/evaluate/plan.ts'
import { evaluate } from '../../../shared/cel/evaluate.ts'
import { CompileError } from '../../../shared/cel/issue.ts'
import {
  boolType,
  bytesType,
  doubleType,
  dynType,
  intType,
  listOf,
  mapOf,
  optionalOf,
  stringType,
  uintType,
} from '../../../shared/cel/type.ts'
import { Optional } from '../../../shared/cel/value/value.ts'
import { show } from './show.ts'

/** What became of an expression; in the oracle's words. */
export interface Answer {
  readonly issues?: string
  readonly plan?: string
  readonly type?: string
  readonly min?: string
  readonly max?: string
  readonly value?: string
  readonly error?: string
  readonly cost?: number
}

// Both as in oracle/main.go.
const environment = createEnvironment({
  variables: {
    i: intType,
    u: uintType,
    d: doubleType,
    b: boolType,
    s: stringType,
    y: bytesType,
    x: dynType,
    ls: listOf(stringType),
    li: listOf(intType),
    m: mapOf(stringType, dynType),
    mi: mapOf(stringType, intType),
    o: optionalOf(stringType),
  },
})

const values = {
  i: 7,
  u: 7,
  d: 2.5,
  b: true,
  s: 'hello wörld',
  y: new Uint8Array([97, 98, 0]),
  x: { a: 1, list: [3, 'three', 3.5, null], deep: { er: 'value' } },
  ls: ['b', 'a', 'c'],
  li: [3, 1, 2],
  m: { k: 'v' },
  mi: { one: 1 },
  o: new Optional('there'),
}

const evaluated = (program: ReturnType<typeof compile>): Answer => {
  try {
    const { value, cost } = evaluate(program, values)
    return { value: show(value), cost }
  } catch (error) {
    if (error instanceof EvaluationError) return { error: error.message, cost: error.cost }
    throw error
  }
}

export const answerTo = (expression: string): Answer => {
  try {
    const program = compile(expression, environment)
    const { min, max } = estimateCost(program)
    return { type: String(program.type), min: String(min), max: String(max), ...evaluated(program) }
  } catch (error) {
    if (error instanceof CompileError) return { issues: error.message }
    if (error instanceof PlanError) return { plan: error.message }
    throw error
  }
}

/** An answer without what only one of both knows: a type and an estimate of what can't be planned. */
export const comparable = (answer: Answer): Answer => {
  const { plan, ...rest } = answer
  return plan === undefined ? rest : { plan }
}
