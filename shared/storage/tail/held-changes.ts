import type { TailChange } from '../log-tail.ts'
import type { Change } from '../store.ts'

/** The newest changes, bounded in number and bytes. */
export class HeldChanges {
  readonly #maxChanges: number
  readonly #maxBytes: number
  #changes: (TailChange | undefined)[] = []
  /** changes before this index have been dropped */
  #first = 0
  #bytes = 0
  #from: number

  constructor(options: { from: number; maxChanges: number; maxBytes: number }) {
    this.#from = options.from
    this.#maxChanges = options.maxChanges
    this.#maxBytes = options.maxBytes
  }

  /** every change after this is held */
  get from(): number {
    return this.#from
  }

  push(changes: readonly TailChange[]): void {
    for (const change of changes) {
      this.#changes.push(change)
      this.#bytes += sizeOf(change)
    }
    while (this.#changes.length - this.#first > this.#maxChanges || this.#bytes > this.#maxBytes) {
      const dropped = this.#changes[this.#first]
      if (!dropped) break
      this.#changes[this.#first++] = undefined
      this.#bytes -= sizeOf(dropped)
      this.#from = dropped.revision
    }
    if (this.#first > this.#maxChanges) {
      this.#changes = this.#changes.slice(this.#first)
      this.#first = 0
    }
  }

  clear(from: number): void {
    this.#changes = []
    this.#first = 0
    this.#bytes = 0
    this.#from = from
  }

  after(revision: number): TailChange[] {
    let low = this.#first
    let high = this.#changes.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#changes[middle]!.revision <= revision) low = middle + 1
      else high = middle
    }
    return this.#changes.slice(low) as TailChange[]
  }
}

const sizeOf = (change: Change) => change.value.length + (change.previous?.length ?? 0)
