import { jsonEqual } from '../../../meta/json-equal.ts'
import type { KubeObject } from '../../../meta/object.ts'

/** Which webhooks have seen an object that has been changed since, and want to see it again. */
export class Reinvocation {
  readonly #due = new Set<string>()
  /** called since the last change, and want to be called again after the next one */
  #called = new Set<string>()
  #left: KubeObject | undefined

  isDue(id: string): boolean {
    return this.#due.has(id)
  }

  called(id: string): void {
    this.#called.add(id)
  }

  changed(): void {
    for (const id of this.#called) this.#due.add(id)
    this.#called = new Set()
  }

  /** The object as webhooks leave it at the end of a round. */
  leave(object: KubeObject | undefined): void {
    this.#left = this.#called.size + this.#due.size > 0 ? structuredClone(object) : undefined
  }

  /** At the start of the next: what others changed meanwhile counts as any change. */
  lookAt(object: KubeObject | undefined): void {
    if (!jsonEqual(this.#left, object)) this.changed()
  }
}
