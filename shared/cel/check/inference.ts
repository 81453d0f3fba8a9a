import type { Expression } from '../parse/expression.ts'
import type { Source } from '../parse/source.ts'
import { type CelType, dynType, errorType, optionalOf, typeParameter } from '../type.ts'
import { assign, isDyn, mostGeneral, Substitutions, substitute, unwrapOptional } from './assignable.ts'
import type { CheckedExpression, Reference } from './checked.ts'

/** What is known of the types of an expression so far, and who is told of what can't be. */
export class Inference {
  readonly #source: Source
  readonly #types = new Map<number, CelType>()
  readonly #references = new Map<number, Reference>()
  readonly #known = new Substitutions()
  #free = 0

  constructor(source: Source) {
    this.#source = source
  }

  finish(root: Expression): CheckedExpression {
    for (const [id, type] of this.#types) this.#types.set(id, this.resolved(type, true))
    return { root, types: this.#types, references: this.#references }
  }

  settle(node: Expression, type: CelType): void {
    this.#types.set(node.id, type)
  }

  /** Says what a name or a call stands for. */
  refer(node: Expression, reference: Reference): void {
    this.#references.set(node.id, reference)
  }

  /** A type with what its parameters have turned out to be; `toDyn`: those that may still be anything are. */
  resolved(type: CelType, toDyn = false): CelType {
    return substitute(this.#known, type, toDyn)
  }

  typeOf(node: Expression): CelType {
    return this.#types.get(node.id) ?? errorType
  }

  report(node: { readonly id: number }, message: string): void {
    this.#source.report(this.#source.offsetOf(node.id), message)
  }

  mismatch(node: Expression, expected: CelType, found: CelType): void {
    this.report(node, `expected type '${expected}' but found '${found}'`)
  }

  undeclared<T extends Expression>(node: T, name: string): T {
    this.report(node, `undeclared reference to '${name}' (in container '')`)
    this.settle(node, errorType)
    return node
  }

  assignable(from: CelType, to: CelType): boolean {
    return this.allAssignable([from], [to])
  }

  /** All, or nothing is learnt of any. */
  allAssignable(from: readonly CelType[], to: readonly CelType[]): boolean {
    return assign(this.#known, from, to)
  }

  newParameter(): CelType {
    return typeParameter(`_var${this.#free++}`)
  }

  /** The type of a value that is left out where it is an optional without one. */
  optionalValue(node: Expression, optional: boolean): CelType {
    const type = this.typeOf(node)
    if (!optional) return type
    const inside = unwrapOptional(type)
    if (!inside && !isDyn(type)) this.mismatch(node, optionalOf(type), type)
    return inside ?? type
  }

  join(before: CelType | undefined, type: CelType): CelType {
    if (!before) return type
    // That they differ is said later, but where a mix is allowed.
    return this.assignable(before, type) ? mostGeneral(before, type) : dynType
  }

  expect(node: Expression, type: CelType): void {
    if (!this.assignable(type, this.typeOf(node))) this.mismatch(node, type, this.typeOf(node))
  }
}
