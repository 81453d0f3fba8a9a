import type { Comprehension } from '../parse/expression.ts'
import { GrowingMap } from '../value/growing-map.ts'
import { CelError, CelList, CelMap, type CelValue } from '../value/value.ts'
import type { CostTracker } from './cost-tracker.ts'
import { goTypeName } from './go-type.ts'
import type { Scope } from './scope.ts'
import { Step } from './step.ts'

type Names = Pick<Comprehension, 'id' | 'variable' | 'second' | 'accumulator'>

export interface LoopSteps {
  readonly range: Step
  readonly initial: Step
  readonly condition: Step
  readonly step: Step
  readonly result: Step
}

export class LoopStep extends Step {
  readonly id: number
  readonly names: Names
  readonly steps: LoopSteps
  constructor(names: Names, steps: LoopSteps) {
    super()
    this.id = names.id
    this.names = names
    this.steps = steps
  }
  protected run(scope: Scope): CelValue {
    const range = this.steps.range.evaluate(scope)
    if (range instanceof CelError) return range
    const two = this.names.second !== undefined
    if (!(range instanceof CelList) && !(range instanceof CelMap)) {
      const type = goTypeName(range)
      return new CelError(two ? `unsupported comprehension range type: ${type}` : `got '${type}', expected iterable type`)
    }
    const loop = new LoopScope(this, scope)
    if (range instanceof CelMap) for (const key of range.keys()) if (!loop.next(key, two ? range.find(key)! : null)) break
    if (range instanceof CelList)
      for (let at = 0; at < range.size; at++) if (!loop.next(two ? BigInt(at) : range.at(at), two ? range.at(at) : null)) break
    return loop.result()
  }
  protected override charge(tracker: CostTracker): void {
    tracker.drop(this.steps.range.id)
  }
}

class LoopScope implements Scope {
  readonly tracker: CostTracker
  readonly #loop: LoopStep
  readonly #outer: Scope
  #accumulated: CelValue | undefined
  #first: CelValue = null
  #second: CelValue = null
  #done = false

  constructor(loop: LoopStep, outer: Scope) {
    this.#loop = loop
    this.#outer = outer
    this.tracker = outer.tracker
  }

  /** Whether the loop goes on. A condition that fails does not end it. */
  next(first: CelValue, second: CelValue): boolean {
    this.#first = first
    this.#second = second
    const { condition, step } = this.#loop.steps
    if (condition.evaluate(this) === false) return false
    this.#accumulated = step.evaluate(this)
    return true
  }

  result(): CelValue {
    this.#done = true
    const value = this.#loop.steps.result.evaluate(this)
    return value instanceof GrowingMap ? value.finished() : value
  }

  resolve(name: string): CelValue | undefined {
    const { names, steps } = this.#loop
    if (name === names.accumulator) {
      // null is a value too.
      if (this.#accumulated === undefined) this.#accumulated = growing(steps.initial.evaluate(this.#outer))
      return this.#accumulated
    }
    if (!this.#done) {
      if (name === names.variable) return this.#first
      if (name === names.second) return this.#second
    }
    return this.#outer.resolve(name)
  }
}

/** Entries go into one map, not each into a copy. */
const growing = (value: CelValue): CelValue => (value instanceof CelMap && value.size === 0 ? new GrowingMap() : value)
