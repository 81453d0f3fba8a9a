import type { Expression, ListExpression, MapExpression, StructExpression } from '../parse/expression.ts'
import { type CelType, errorType, listOf, mapOf } from '../type.ts'
import type { Inference } from './inference.ts'
import { type Names, withoutDot } from './names.ts'

export interface AggregateParts {
  readonly inference: Inference
  readonly names: Names
  /** Finds the type of a part. */
  readonly check: (node: Expression) => Expression
}

/** Finds the types of lists, maps and messages. */
export class Aggregates {
  readonly #inference: Inference
  readonly #names: Names
  readonly #check: (node: Expression) => Expression

  constructor({ inference, names, check }: AggregateParts) {
    this.#inference = inference
    this.#names = names
    this.#check = check
  }

  list(node: ListExpression): Expression {
    let type: CelType | undefined
    const elements = node.elements.map((element, index) => {
      const checked = this.#check(element)
      type = this.#inference.join(type, this.#inference.optionalValue(checked, node.optional.has(index)))
      return checked
    })
    this.#inference.settle(node, listOf(type ?? this.#inference.newParameter()))
    return { ...node, elements }
  }

  map(node: MapExpression): Expression {
    let keyType: CelType | undefined
    let valueType: CelType | undefined
    const entries = node.entries.map((entry) => {
      const key = this.#check(entry.key)
      keyType = this.#inference.join(keyType, this.#inference.typeOf(key))
      const value = this.#check(entry.value)
      valueType = this.#inference.join(valueType, this.#inference.optionalValue(value, entry.optional))
      return { ...entry, key, value }
    })
    this.#inference.settle(node, mapOf(keyType ?? this.#inference.newParameter(), valueType ?? this.#inference.newParameter()))
    return { ...node, entries }
  }

  struct(node: StructExpression): Expression {
    const typeName = withoutDot(node.typeName)
    const type = this.#names.find(typeName)
    if (!type) {
      this.#inference.undeclared(node, node.typeName)
      return node
    }
    let result = errorType
    const inside = type.parameters[0] ?? errorType
    if (type.kind !== 'type') this.#inference.report(node, `'${type.name}' is not a type`)
    else if (inside.kind !== 'struct') this.#inference.report(node, `'${inside.name}' is not a message type`)
    else result = inside
    this.#inference.settle(node, result)
    this.#inference.refer(node, { name: typeName })
    const fields = node.fields.map((field) => {
      const value = this.#check(field.value)
      const declared = this.#names.field(field, inside.name, field.name) ?? errorType
      const given = this.#inference.optionalValue(value, field.optional)
      if (!this.#inference.assignable(declared, given))
        this.#inference.report(field, `expected type of field '${field.name}' is '${declared}' but provided type is '${given}'`)
      return { ...field, value }
    })
    return { ...node, typeName, fields }
  }
}
