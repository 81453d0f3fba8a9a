import type { CelValue } from '../value/value.ts'

/** A node of the tree. Its id is its place in `Source`, and the key of what the check finds out. */
export type Expression =
  | Literal
  | Identifier
  | Select
  | Call
  | ListExpression
  | MapExpression
  | StructExpression
  | Comprehension
  | Unspecified

interface Node {
  readonly id: number
}

export interface Literal extends Node {
  readonly kind: 'literal'
  readonly value: CelValue
}

export interface Identifier extends Node {
  readonly kind: 'identifier'
  readonly name: string
}

export interface Select extends Node {
  readonly kind: 'select'
  readonly operand: Expression
  readonly field: string
  /** `has(operand.field)`. */
  readonly testOnly: boolean
}

export interface Call extends Node {
  readonly kind: 'call'
  readonly name: string
  readonly target?: Expression
  readonly args: readonly Expression[]
}

export interface ListExpression extends Node {
  readonly kind: 'list'
  readonly elements: readonly Expression[]
  /** Indices of elements that are left out where they have no value: `[?x]`. */
  readonly optional: ReadonlySet<number>
}

export interface MapExpression extends Node {
  readonly kind: 'map'
  readonly entries: readonly {
    readonly id: number
    readonly key: Expression
    readonly value: Expression
    readonly optional: boolean
  }[]
}

export interface StructExpression extends Node {
  readonly kind: 'struct'
  readonly typeName: string
  readonly fields: readonly {
    readonly id: number
    readonly name: string
    readonly value: Expression
    readonly optional: boolean
  }[]
}

/** What macros become: a loop over `range` that carries a value in `accumulator`. */
export interface Comprehension extends Node {
  readonly kind: 'comprehension'
  readonly range: Expression
  readonly variable: string
  /** Of a loop with two: the value, while `variable` is the key or the index. */
  readonly second?: string
  readonly accumulator: string
  readonly initial: Expression
  readonly condition: Expression
  readonly step: Expression
  readonly result: Expression
}

/** Stands where something is wrong. */
export interface Unspecified extends Node {
  readonly kind: 'unspecified'
}

/** Parts of a node, as they stand. */
export const childrenOf = (node: Expression): readonly Expression[] => {
  switch (node.kind) {
    case 'select':
      return [node.operand]
    case 'call':
      return node.target ? [node.target, ...node.args] : node.args
    case 'list':
      return node.elements
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value])
    case 'struct':
      return node.fields.map(({ value }) => value)
    case 'comprehension':
      return [node.range, node.initial, node.condition, node.step, node.result]
    default:
      return []
  }
}
