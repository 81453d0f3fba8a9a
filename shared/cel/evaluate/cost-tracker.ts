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
  /** The stack, in columns. What lies beyond its size is left from before. */
  readonly #values: CelValue[] = []
  readonly #ids: number[] = []
  /** Where the same id stood before; -1: nowhere. */
  readonly #earlier: number[] = []
  #size = 0
  /** Where each id stands highest; -1: nowhere. */
  readonly #highest: number[] = []
  cost = 0

  constructor(limit: number, uncounted: Allowance) {
    this.#limit = limit
    this.#uncounted = uncounted
  }

  push(value: CelValue, id: number): void {
    const at = this.#size++
    this.#values[at] = value
    this.#ids[at] = id
    this.#earlier[at] = this.#highest[id] ?? -1
    this.#highest[id] = at
    if (this.cost > this.#limit) throw new CostExceeded()
  }

  /** Takes an id's value off the stack with all above it. */
  drop(id: number): void {
    const at = this.#highest[id] ?? -1
    if (at >= 0) this.#cut(at)
  }

  /** Values of a call's arguments; undefined: one is not there, and the rest was taken off up to it. */
  take(ids: readonly number[]): CelValue[] | undefined {
    const values: CelValue[] = new Array(ids.length)
    for (let index = ids.length - 1; index >= 0; index--) {
      const at = this.#highest[ids[index]!] ?? -1
      if (at < 0) return undefined
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

  #cut(size: number): void {
    for (let at = this.#size - 1; at >= size; at--) this.#highest[this.#ids[at]!] = this.#earlier[at]!
    this.#size = size
  }
}
