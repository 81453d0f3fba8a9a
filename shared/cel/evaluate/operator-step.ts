import { equalValues, wrongArgument } from '../value/compare.ts'
import { CelError, type CelValue, Optional } from '../value/value.ts'
import { CallStep } from './call-step.ts'
import type { CostTracker } from './cost-tracker.ts'
import type { Scope } from './scope.ts'
import { Step } from './step.ts'

/** `&&` and `||`: one side that decides makes good an error of the other. */
export class LogicalStep extends Step {
  readonly id: number
  readonly #decides: boolean
  readonly #terms: readonly Step[]
  constructor(id: number, decides: boolean, terms: readonly Step[]) {
    super()
    this.id = id
    this.#decides = decides
    this.#terms = terms
  }
  protected run(scope: Scope): CelValue {
    let error: CelError | undefined
    for (const term of this.#terms) {
      const value = term.evaluate(scope)
      if (value === this.#decides) return value
      if (typeof value !== 'boolean') error ??= wrongArgument(value)
    }
    return error ?? !this.#decides
  }
  protected override charge(tracker: CostTracker): void {
    for (const term of this.#terms) tracker.drop(term.id)
  }
}

export const equalStep = (id: number, args: readonly Step[]): Step =>
  new CallStep(id, { name: '_==_', overload: 'equals', args }, ([a, b]) => equalValues(a!, b!))

/** What can't be compared is not equal. */
export const notEqualStep = (id: number, args: readonly Step[]): Step =>
  new CallStep(id, { name: '_!=_', overload: 'not_equals', args }, ([a, b]) => equalValues(a!, b!) !== true)

/** `in` a list of constants: a look-up, and free. */
export class MembershipStep extends Step {
  readonly id: number
  readonly #value: Step
  readonly #has: (value: CelValue) => boolean
  constructor(id: number, value: Step, has: (value: CelValue) => boolean) {
    super()
    this.id = id
    this.#value = value
    this.#has = has
  }
  protected run(scope: Scope): CelValue {
    const value = this.#value.evaluate(scope)
    return value instanceof CelError ? value : this.#has(value)
  }
}

/** `a.or(b)` and `a.orValue(b)`: what is not needed is not evaluated. Free, as upstream's. */
export class OptionalOrStep extends Step {
  readonly id: number
  readonly #first: Step
  readonly #second: Step
  readonly #unwrap: boolean
  constructor(id: number, [first, second]: readonly [Step, Step], unwrap: boolean) {
    super()
    this.id = id
    this.#first = first
    this.#second = second
    this.#unwrap = unwrap
  }
  protected run(scope: Scope): CelValue {
    const value = this.#first.evaluate(scope)
    if (!(value instanceof Optional)) return value
    if (value.value === undefined) return this.#second.evaluate(scope)
    return this.#unwrap ? value.value : value
  }
}
