import type { KubeObject } from '../../../meta/object.ts'
import type { TailChange } from '../../../storage/log-tail.ts'
import type { Entry } from '../../../storage/store.ts'
import { parseObject } from '../../../storage/tail/parsed-change.ts'

export interface KeptOptions<T> {
  /** what is kept of an object; undefined: nothing */
  readonly read: (object: KubeObject) => T | undefined
  readonly added?: ((record: T) => void) | undefined
  readonly removed?: ((record: T) => void) | undefined
}

/** Changes that wait to be read, since the next may undo them. */
const mostWaiting = 64

/** What is kept of each object of one list, in place of the object; a change is read when somebody asks. */
export class Kept<T> {
  readonly #options: KeptOptions<T>
  readonly #records = new Map<string, T>()
  /** the newest change of each object that was not read yet */
  readonly #waiting = new Map<string, TailChange>()
  /** changes up to here are in; undefined: there was no list yet */
  #listedAt: number | undefined

  constructor(options: KeptOptions<T>) {
    this.#options = options
  }

  get started(): boolean {
    return this.#listedAt !== undefined
  }

  get size(): number {
    this.settle()
    return this.#records.size
  }

  get(name: string): T | undefined {
    this.settle()
    return this.#records.get(name)
  }

  /** What came by the log before is older or newer than the list, and waits for it. */
  start(entries: readonly Entry[], revision: number): void {
    for (const { key, value } of entries) this.#put(key.name, parseObject(value))
    this.#listedAt = revision
    for (const [name, change] of this.#waiting) if (change.revision <= revision) this.#waiting.delete(name)
  }

  apply(change: TailChange): void {
    if (change.revision <= (this.#listedAt ?? 0)) return
    this.#waiting.set(change.key.name, change)
    if (this.#listedAt !== undefined && this.#waiting.size >= mostWaiting) this.settle()
  }

  /** Reads what waits. */
  settle(): void {
    for (const [name, change] of this.#waiting) this.#put(name, change.type === 'deleted' ? undefined : change.object)
    this.#waiting.clear()
  }

  #put(name: string, object: KubeObject | undefined): void {
    const { read, added, removed } = this.#options
    const before = this.#records.get(name)
    const record = object && read(object)
    if (before !== undefined) removed?.(before)
    if (record === undefined) this.#records.delete(name)
    else {
      this.#records.set(name, record)
      added?.(record)
    }
  }
}
