import { type Activation, type Allowance, type Evaluation, EvaluationError, perCallLimit } from './cel.ts'
import { CostTracker } from './evaluate/cost-tracker.ts'
import type { Scope } from './evaluate/scope.ts'
import type { Program } from './program.ts'
import { toCelValue } from './value/json.ts'
import { CostExceeded, InternalError } from './value/limit.ts'
import { CelError, type CelValue } from './value/value.ts'

export interface EvaluateOptions {
  /** The most that it may cost. */
  readonly costLimit?: number
  /** Of one evaluation: as much again as it may cost. */
  readonly uncounted?: Allowance
}

/** Throws EvaluationError. */
export const evaluate = (
  program: Program,
  activation: Activation,
  { costLimit = perCallLimit, uncounted = { left: costLimit } }: EvaluateOptions = {},
): Evaluation => {
  const tracker = new CostTracker(costLimit, uncounted)
  const value = run(program, new RootScope(program, activation, tracker))
  if (value instanceof CelError) throw new EvaluationError(value.message, tracker.cost, false)
  return { value, cost: tracker.cost }
}

const run = (program: Program, scope: Scope): CelValue => {
  try {
    return program.root.evaluate(scope)
  } catch (error) {
    if (error instanceof InternalError) throw new EvaluationError(error.message, scope.tracker.cost, false)
    if (error instanceof CostExceeded) throw new EvaluationError(error.message, scope.tracker.cost, true)
    throw error
  }
}

class RootScope implements Scope {
  readonly tracker: CostTracker
  readonly #program: Program
  readonly #activation: Activation
  readonly #known = new Map<string, CelValue | undefined>()

  constructor(program: Program, activation: Activation, tracker: CostTracker) {
    this.#program = program
    this.#activation = activation
    this.tracker = tracker
  }

  resolve(name: string): CelValue | undefined {
    if (!this.#known.has(name)) {
      const given = Object.hasOwn(this.#activation, name) ? this.#activation[name] : undefined
      this.#known.set(name, given === undefined ? undefined : toCelValue(given, this.#program.environment.variables.get(name)))
    }
    return this.#known.get(name)
  }
}
