import { functionCost } from '../cost/function-cost.ts'
import { CelError, type CelValue } from '../value/value.ts'
import type { CostTracker } from './cost-tracker.ts'
import type { Scope } from './scope.ts'
import { Step } from './step.ts'

export interface CallParts {
  readonly name: string
  /** Empty: several may be meant, and values decide. */
  readonly overload: string
  readonly args: readonly Step[]
  /** Called with failed arguments too. */
  readonly nonStrict?: boolean
  /** Whether a failed argument keeps those behind it from being evaluated. */
  readonly stopsEarly?: boolean
}

/** A function with its arguments. */
export class CallStep extends Step {
  readonly id: number
  readonly parts: CallParts
  readonly invoke: (args: readonly CelValue[]) => CelValue
  readonly #ids: readonly number[]
  readonly #cost: ReturnType<typeof functionCost>
  constructor(id: number, parts: CallParts, invoke: (args: readonly CelValue[]) => CelValue) {
    super()
    this.id = id
    this.parts = parts
    this.invoke = invoke
    this.#ids = parts.args.map((arg) => arg.id)
    this.#cost = functionCost(parts.name, parts.overload)
  }
  protected run(scope: Scope): CelValue {
    const { args, nonStrict, stopsEarly } = this.parts
    const values: CelValue[] = []
    for (const arg of args) {
      const value = arg.evaluate(scope)
      if (value instanceof CelError && stopsEarly && !nonStrict) return this.#charged(scope.tracker, values, value)
      values.push(value)
    }
    const failed = nonStrict ? undefined : values.find((value) => value instanceof CelError)
    return this.#charged(scope.tracker, values, failed ?? this.call(values, scope.tracker))
  }

  protected call(values: readonly CelValue[], _tracker: CostTracker): CelValue {
    return this.invoke(values)
  }

  #charged(tracker: CostTracker, values: readonly CelValue[], result: CelValue): CelValue {
    const taken = tracker.take(this.#ids)
    if (taken) tracker.cost += this.#cost(taken, result)
    else tracker.addUncounted(this.#cost(values, result))
    return result
  }
}
