import { CostExceeded } from '../value/limit.ts'
import type { CelValue } from '../value/value.ts'


/**
 * Counts as upstream does, down to how it finds the arguments of a call: on a stack of all values so far, by the ids of their
 * nodes. What is not found is not counted.
 */
export class CostTracker {
  readonly #limit: number
  readonly #values: CelValue[] = []
  readonly #ids: number[] = []
  cost = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  push(value: CelValue, id: number): void {
    this.#values.push(value)
    this.#ids.push(id)
    if (this.cost > this.#limit) throw new CostExceeded()
  }

  /** Takes each id's value off the stack with all above it. */
  drop(...ids: readonly number[]): void {
    for (const id of ids) {
      const at = this.#ids.lastIndexOf(id)
      if (at >= 0) this.#cut(at)
    }
  }

  /** Values of a call's arguments; undefined: one is not there, and the rest was taken off up to it. */
  take(ids: readonly number[]): CelValue[] | undefined {
    const values: CelValue[] = []
    for (let index = ids.length - 1; index >= 0; index--) {
      const at = this.#ids.lastIndexOf(ids[index]!)
      if (at < 0) return undefined
      values.unshift(this.#values[at]!)
      this.#cut(at)
    }
    return values
  }

  #cut(length: number): void {
    this.#values.length = length
    this.#ids.length = length
  }
}
