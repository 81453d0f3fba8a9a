import type { CelValue } from '../value/value.ts'
import type { Call, Comprehension, Expression, Identifier, ListExpression, Literal, MapExpression } from './expression.ts'
import type { Source } from './source.ts'

export const accumulatorName = '@result'
/** The accumulator's name of older versions; no variable may have it. */
export const oldAccumulatorName = '__result__'

/** Makes the nodes that a macro becomes. All of them begin where the macro was called. */
export class Builder {
  readonly #source: Source
  readonly #offset: number

  constructor(source: Source, callId: number) {
    this.#source = source
    this.#offset = source.offsetOf(callId)
  }

  #id(): number {
    return this.#source.idAt(this.#offset)
  }

  literal(value: CelValue): Literal {
    return { kind: 'literal', id: this.#id(), value }
  }

  identifier(name: string): Identifier {
    return { kind: 'identifier', id: this.#id(), name }
  }

  accumulator(): Identifier {
    return this.identifier(accumulatorName)
  }

  list(...elements: Expression[]): ListExpression {
    return { kind: 'list', id: this.#id(), elements, optional: new Set() }
  }

  emptyMap(): MapExpression {
    return { kind: 'map', id: this.#id(), entries: [] }
  }

  call(name: string, ...args: Expression[]): Call {
    return { kind: 'call', id: this.#id(), name, args }
  }

  memberCall(name: string, target: Expression, ...args: Expression[]): Call {
    return { kind: 'call', id: this.#id(), name, target, args }
  }

  presenceTest(operand: Expression, field: string): Expression {
    return { kind: 'select', id: this.#id(), operand, field, testOnly: true }
  }

  loop(parts: Omit<Comprehension, 'kind' | 'id'>): Comprehension {
    return { kind: 'comprehension', id: this.#id(), ...parts }
  }

  /** The same tree with ids of its own, as macros need that use an argument twice. */
  copy(node: Expression): Expression {
    const id = this.#source.idAt(this.#source.offsetOf(node.id))
    const copy = (one: Expression) => this.copy(one)
    switch (node.kind) {
      case 'select':
        return { ...node, id, operand: copy(node.operand) }
      case 'call':
        return { ...node, id, args: node.args.map(copy), ...(node.target && { target: copy(node.target) }) }
      case 'list':
        return { ...node, id, elements: node.elements.map(copy) }
      case 'map':
        return {
          ...node,
          id,
          entries: node.entries.map((one) => ({ ...one, id: this.#id(), key: copy(one.key), value: copy(one.value) })),
        }
      case 'struct':
        return { ...node, id, fields: node.fields.map((one) => ({ ...one, id: this.#id(), value: copy(one.value) })) }
      case 'comprehension':
        return {
          ...node,
          id,
          range: copy(node.range),
          initial: copy(node.initial),
          condition: copy(node.condition),
          step: copy(node.step),
          result: copy(node.result),
        }
      default:
        return { ...node, id }
    }
  }
}
