import type { Environment } from '../environment.ts'
import type { Call, Comprehension, Expression, Select } from '../parse/expression.ts'
import type { Source } from '../parse/source.ts'
import { boolType, type CelType, dynType, errorType, intType, optionalOf, stringType } from '../type.ts'
import { typeOfValue } from '../value/value.ts'
import { Aggregates } from './aggregates.ts'
import { isDynOrError, unwrapOptional } from './assignable.ts'
import type { CheckedExpression } from './checked.ts'
import { Inference } from './inference.ts'
import { Names, qualifiedName, withoutDot } from './names.ts'
import { OverloadResolution } from './overload-resolution.ts'

/** Finds the types of all nodes and what names stand for; mistakes are reported to `source`. */
export const check = (root: Expression, source: Source, environment: Environment): CheckedExpression =>
  new Checker(source, environment).check(root)

class Checker {
  readonly #environment: Environment
  readonly #inference: Inference
  readonly #names: Names
  readonly #overloads: OverloadResolution
  readonly #aggregates: Aggregates

  constructor(source: Source, environment: Environment) {
    this.#environment = environment
    this.#inference = new Inference(source)
    this.#names = new Names(environment, this.#inference)
    this.#overloads = new OverloadResolution(this.#inference)
    this.#aggregates = new Aggregates({ inference: this.#inference, names: this.#names, check: (node) => this.#check(node) })
  }

  check(root: Expression): CheckedExpression {
    return this.#inference.finish(this.#check(root))
  }

  /** The same tree with names resolved: a call of `a.b.c()` may turn out to be one of a function `a.b.c`. */
  #check(node: Expression): Expression {
    switch (node.kind) {
      case 'literal':
        this.#inference.settle(node, typeOfValue(node.value))
        return node
      case 'identifier':
        return this.#named(node, node.name) ?? this.#inference.undeclared(node, node.name)
      case 'select':
        return this.#select(node)
      case 'call':
        return node.name === '_?._' ? this.#optionalSelect(node) : this.#call(node)
      case 'list':
        return this.#aggregates.list(node)
      case 'map':
        return this.#aggregates.map(node)
      case 'struct':
        return this.#aggregates.struct(node)
      case 'comprehension':
        return this.#loop(node)
      default:
        return node
    }
  }

  /** Undefined: no variable, no type has this name. */
  #named(node: Expression, written: string): Expression | undefined {
    const name = withoutDot(written)
    const type = this.#names.find(name)
    if (!type) return undefined
    this.#inference.settle(node, type)
    this.#inference.refer(node, { name })
    return { kind: 'identifier', id: node.id, name }
  }

  #select(node: Select): Expression {
    const name = node.testOnly ? undefined : qualifiedName(node)
    const named = name === undefined ? undefined : this.#named(node, name)
    if (named) return named
    const operand = this.#check(node.operand)
    const type = this.#fieldType(node, operand, node.field, false)
    this.#inference.settle(node, node.testOnly ? boolType : this.#inference.resolved(type))
    return { ...node, operand }
  }

  #optionalSelect(node: Call): Expression {
    const [target, field] = [this.#check(node.args[0]!), node.args[1]!]
    const name = field.kind === 'literal' ? String(field.value) : ''
    const type = this.#fieldType(node, target, name, true)
    this.#inference.settle(field, stringType)
    this.#inference.settle(node, this.#inference.resolved(type))
    this.#inference.refer(node, { overloads: ['select_optional_field'] })
    return { ...node, args: [target, field] }
  }

  #fieldType(node: Expression, operand: Expression, field: string, optional: boolean): CelType {
    const operandType = this.#inference.resolved(this.#inference.typeOf(operand))
    const inside = unwrapOptional(operandType)
    const target = inside ?? operandType
    let result = dynType
    if (target.kind === 'map') result = target.parameters[1]!
    else if (target.kind === 'struct') result = this.#names.field(node, target.name, field) ?? errorType
    else if (target.kind === 'typeParam') this.#inference.assignable(dynType, target)
    else if (!isDynOrError(target)) this.#inference.report(node, `type '${target}' does not support field selection`)
    return inside || optional ? optionalOf(result) : result
  }

  #call(node: Call): Expression {
    const args = node.args.map((arg) => this.#check(arg))
    if (!node.target) {
      const name = withoutDot(node.name)
      const overloads = this.#environment.overloadsOf(name)
      if (!overloads) this.#inference.undeclared(node, node.name)
      else this.#overloads.resolve(node, name, overloads, undefined, args)
      return { ...node, name, args }
    }
    const prefix = qualifiedName(node.target)
    const qualified = prefix === undefined ? undefined : withoutDot(`${prefix}.${node.name}`)
    const function_ = qualified === undefined ? undefined : this.#environment.overloadsOf(qualified)
    if (function_) {
      this.#overloads.resolve(node, qualified!, function_, undefined, args)
      return { kind: 'call', id: node.id, name: qualified!, args }
    }
    const target = this.#check(node.target)
    const overloads = this.#environment.overloadsOf(node.name)
    if (!overloads) this.#inference.undeclared(node, node.name)
    else this.#overloads.resolve(node, node.name, overloads, target, args)
    return { ...node, target, args }
  }

  #loop(node: Comprehension): Expression {
    const range = this.#check(node.range)
    const initial = this.#check(node.initial)
    const accumulated = this.#inference.typeOf(initial)
    const parts = this.#names.within([[node.accumulator, accumulated]], () => {
      const inLoop = this.#names.within(this.#loopVariables(node, range), () => {
        const condition = this.#check(node.condition)
        this.#inference.expect(condition, boolType)
        const step = this.#check(node.step)
        this.#inference.expect(step, accumulated)
        return { condition, step }
      })
      return { ...inLoop, result: this.#check(node.result) }
    })
    this.#inference.settle(node, this.#inference.resolved(this.#inference.typeOf(parts.result)))
    return { ...node, range, initial, ...parts }
  }

  #loopVariables(node: Comprehension, range: Expression): [string, CelType][] {
    const type = this.#inference.resolved(this.#inference.typeOf(range))
    let [first, second]: [CelType, CelType] = [dynType, dynType]
    if (type.kind === 'list')
      [first, second] = node.second === undefined ? [type.parameters[0]!, dynType] : [intType, type.parameters[0]!]
    else if (type.kind === 'map') [first, second] = [type.parameters[0]!, type.parameters[1]!]
    else if (isDynOrError(type) || type.kind === 'typeParam') this.#inference.assignable(dynType, type)
    else {
      this.#inference.report(
        range,
        `expression of type '${type}' cannot be range of a comprehension (must be list, map, or dynamic)`,
      )
      ;[first, second] = [errorType, errorType]
    }
    const variables: [string, CelType][] = [[node.variable, first]]
    if (node.second !== undefined) variables.push([node.second, second])
    return variables
  }
}
