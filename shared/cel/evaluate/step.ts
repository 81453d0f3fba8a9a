import type { CelValue } from '../value/value.ts'
import type { CostTracker } from './cost-tracker.ts'
import type { Scope } from './scope.ts'

/** A node of the plan. */
export abstract class Step {
  abstract get id(): number
  protected abstract run(scope: Scope): CelValue
  /** What this step costs, and which values it has used up. */
  protected charge(_tracker: CostTracker, _value: CelValue): void {
    // Free, where nothing else is said.
  }

  evaluate(scope: Scope): CelValue {
    const value = this.run(scope)
    this.charge(scope.tracker, value)
    scope.tracker.push(value, this.id)
    return value
  }
}

export class ConstantStep extends Step {
  readonly id: number
  readonly value: CelValue
  constructor(id: number, value: CelValue) {
    super()
    this.id = id
    this.value = value
  }
  protected run(): CelValue {
    return this.value
  }
}
