import type { Allowance } from '../cel.ts'
import { CostExceeded } from '../value/limit.ts'
import type { CelValue } from '../value/value.ts'

/**
 * Counts as upstream does, down to how it finds the arguments of a call: on a stack of all values so far, by the ids of their
 * nodes. What is not found is not counted.
 */
export class CostTracker {
  readonly #limit: number
  readonly #uncounted: Allowance
  readonly #values: CelValue[] = []
  readonly #ids: number[] = []
  /** Where each id stands on the stack, the highest last. */
  readonly #places: (number[] | undefined)[] = []
  cost = 0

  constructor(limit: number, uncounted: Allowance) {
    this.#limit = limit
    this.#uncounted = uncounted
  }

  push(value: CelValue, id: number): void {
    const places = this.#places[id]
    if (places) places.push(this.#ids.length)
    else this.#places[id] = [this.#ids.length]
    this.#values.push(value)
    this.#ids.push(id)
    if (this.cost > this.#limit) throw new CostExceeded()
  }

  /** Takes each id's value off the stack with all above it. */
  drop(...ids: readonly number[]): void {
    for (const id of ids) {
      const at = this.#places[id]?.at(-1)
      if (at !== undefined) this.#cut(at)
    }
  }

  /** Values of a call's arguments; undefined: one is not there, and the rest was taken off up to it. */
  take(ids: readonly number[]): CelValue[] | undefined {
    const values: CelValue[] = new Array(ids.length)
    for (let index = ids.length - 1; index >= 0; index--) {
      const at = this.#places[ids[index]!]?.at(-1)
      if (at === undefined) return undefined
      values[index] = this.#values[at]!
      this.#cut(at)
    }
    return values
  }

  /** Work that upstream does not count. */
  addUncounted(cost: number): void {
    this.#uncounted.left -= cost
    if (this.#uncounted.left < 0) throw new CostExceeded()
  }

  #cut(length: number): void {
    for (let at = this.#ids.length - 1; at >= length; at--) this.#places[this.#ids[at]!]!.pop()
    this.#values.length = length
    this.#ids.length = length
  }
}
