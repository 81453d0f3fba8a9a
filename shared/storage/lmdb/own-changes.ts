import type { Change } from '../store.ts'

/** The newest changes that this process wrote, one after the other, so that it need not read back from the map what it has just put there. */
export class OwnChanges {
  readonly #maxChanges: number
  readonly #maxBytes: number
  #changes: readonly Change[] = []
  #bytes = 0
  /** every change after this, up to `#to`, is held */
  #from = 0
  #to = 0

  /** Beyond these, older groups go; a group that is larger by itself is not held. Default 500 and 4 MiB. */
  constructor({ maxChanges = 500, maxBytes = 4 * 1024 * 1024 }: { maxChanges?: number; maxBytes?: number } = {}) {
    this.#maxChanges = maxChanges
    this.#maxBytes = maxBytes
  }

  /** `before`: the log's end when the group began. Where others wrote meanwhile, what is held would have a gap. */
  push(group: readonly Change[], before: number): void {
    const last = group.at(-1)?.revision ?? before
    const bytes = group.reduce((sum, { value, previous }) => sum + value.length + (previous?.length ?? 0), 0)
    const isHeld = group.length <= this.#maxChanges && bytes <= this.#maxBytes
    const joins =
      before === this.#to && this.#changes.length + group.length <= this.#maxChanges && this.#bytes + bytes <= this.#maxBytes
    if (joins) {
      this.#changes = [...this.#changes, ...group]
      this.#bytes += bytes
    } else {
      this.#changes = isHeld ? group : []
      this.#bytes = isHeld ? bytes : 0
      this.#from = isHeld ? before : last
    }
    this.#to = last
  }

  /** Those after a position, where `latest` is the log's end; undefined: they are not all held. */
  between(after: number, latest: number): readonly Change[] | undefined {
    if (latest !== this.#to || after < this.#from) return undefined
    let first = this.#changes.length
    while (first > 0 && this.#changes[first - 1]!.revision > after) first--
    return this.#changes.slice(first)
  }
}
