import type { CelType } from '../type.ts'

/** Variables of the loops around a node, innermost first. */
export class Scope {
  readonly #outer: Scope | undefined
  readonly #variables: ReadonlyMap<string, CelType>
  constructor(variables: ReadonlyMap<string, CelType>, outer?: Scope) {
    this.#variables = variables
    this.#outer = outer
  }

  find(name: string): CelType | undefined {
    return this.#variables.get(name) ?? this.#outer?.find(name)
  }
}
