import { InternalError } from '../value/limit.ts'
import { shown } from '../value/shown.ts'
import { CelError, type CelValue, Optional, ValueList, ValueMap } from '../value/value.ts'
import type { CostTracker } from './cost-tracker.ts'
import type { Scope } from './scope.ts'
import { Step } from './step.ts'

const listCost = 10
const mapCost = 30
const structCost = 40

export class ListStep extends Step {
  readonly id: number
  readonly elements: readonly Step[]
  readonly #optional: ReadonlySet<number>
  constructor(id: number, elements: readonly Step[], optional: ReadonlySet<number>) {
    super()
    this.id = id
    this.elements = elements
    this.#optional = optional
  }
  /** Also where all elements are constants, before there is a scope. */
  build(evaluate: (step: Step) => CelValue): CelValue {
    const items: CelValue[] = []
    for (const [index, element] of this.elements.entries()) {
      let value = evaluate(element)
      if (value instanceof CelError) return value
      if (this.#optional.has(index)) {
        if (!(value instanceof Optional))
          return new CelError(`cannot initialize optional list element from non-optional value ${shown(value)}`)
        if (value.value === undefined) continue
        value = value.value
      }
      items.push(value)
    }
    return new ValueList(items)
  }
  protected run(scope: Scope): CelValue {
    return this.build((step) => step.evaluate(scope))
  }
  protected override charge(tracker: CostTracker): void {
    tracker.take(this.elements.map(({ id }) => id))
    tracker.cost += listCost
  }
}

export interface EntrySteps {
  readonly key: Step
  readonly value: Step
  readonly optional: boolean
}

export class MapStep extends Step {
  readonly id: number
  readonly entries: readonly EntrySteps[]
  constructor(id: number, entries: readonly EntrySteps[]) {
    super()
    this.id = id
    this.entries = entries
  }
  build(evaluate: (step: Step) => CelValue): CelValue {
    const map = new ValueMap()
    for (const entry of this.entries) {
      const key = evaluate(entry.key)
      if (key instanceof CelError) return key
      let value = evaluate(entry.value)
      if (value instanceof CelError) return value
      if (entry.optional) {
        if (!(value instanceof Optional))
          return new CelError(`cannot initialize optional entry '${shown(key)}' from non-optional value ${shown(value)}`)
        if (value.value === undefined) {
          map.delete(key)
          continue
        }
        value = value.value
      }
      if (key instanceof Uint8Array) throw new InternalError('runtime error: hash of unhashable type types.Bytes')
      map.set(key, value)
    }
    return map
  }
  protected run(scope: Scope): CelValue {
    return this.build((step) => step.evaluate(scope))
  }
  protected override charge(tracker: CostTracker): void {
    tracker.take(this.entries.flatMap(({ key, value }) => [key.id, value.id]))
    tracker.cost += mapCost
  }
}

/** No type that an expression knows can be made by one. */
export class StructStep extends Step {
  readonly id: number
  readonly #typeName: string
  readonly #values: readonly Step[]
  constructor(id: number, typeName: string, values: readonly Step[]) {
    super()
    this.id = id
    this.#typeName = typeName
    this.#values = values
  }
  protected run(scope: Scope): CelValue {
    for (const step of this.#values) {
      const value = step.evaluate(scope)
      if (value instanceof CelError) return value
    }
    return new CelError(`unknown type '${this.#typeName}'`)
  }
  protected override charge(tracker: CostTracker): void {
    tracker.take(this.#values.map(({ id }) => id))
    tracker.cost += structCost
  }
}
