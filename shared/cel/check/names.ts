import type { Environment } from '../environment.ts'
import type { Expression } from '../parse/expression.ts'
import { escapedWord } from '../schema/escape.ts'
import type { CelType } from '../type.ts'
import type { Inference } from './inference.ts'
import { Scope } from './scope.ts'

export const withoutDot = (name: string): string => (name.startsWith('.') ? name.slice(1) : name)

/** `a.b.c` as a name; undefined: it is more than names. */
export const qualifiedName = (node: Expression): string | undefined => {
  if (node.kind === 'identifier') return node.name
  if (node.kind !== 'select' || node.testOnly) return undefined
  const operand = qualifiedName(node.operand)
  return operand === undefined ? undefined : `${operand}.${node.field}`
}

/** What may be named where the checker is, and what fields it has. */
export class Names {
  readonly #environment: Environment
  readonly #inference: Inference
  #scope: Scope

  constructor(environment: Environment, inference: Inference) {
    this.#environment = environment
    this.#inference = inference
    this.#scope = new Scope(environment.variables)
  }

  /** Undefined: no variable, no type has this name. */
  find(name: string): CelType | undefined {
    return this.#scope.find(name) ?? this.#environment.typeNamed(name)
  }

  /** Runs `inside` where some names more, or others, may be used. */
  within<T>(variables: readonly (readonly [string, CelType])[], inside: () => T): T {
    const outer = this.#scope
    this.#scope = new Scope(new Map(variables), outer)
    const result = inside()
    this.#scope = outer
    return result
  }

  /** Undefined: it has none of that name, which is reported. */
  field(node: { readonly id: number }, typeName: string, field: string): CelType | undefined {
    const struct = this.#environment.structs.find(typeName)
    const word = escapedWord(field)
    const type = struct?.fields.get(field) ?? (word === undefined ? undefined : struct?.fields.get(word))
    if (!struct) this.#inference.report(node, `unexpected failed resolution of '${typeName}'`)
    else if (!type) this.#inference.report(node, `undefined field '${field}'`)
    return type
  }
}
