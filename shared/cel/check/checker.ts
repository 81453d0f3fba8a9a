import type { Environment } from '../environment.ts'
import type { Overload } from '../library/declaration.ts'
import type {
  Call,
  Comprehension,
  Expression,
  ListExpression,
  MapExpression,
  Select,
  StructExpression,
} from '../parse/expression.ts'
import type { Source } from '../parse/source.ts'
import { escapedWord } from '../schema/escape.ts'
import {
  boolType,
  type CelType,
  dynType,
  errorType,
  intType,
  isExactType,
  listOf,
  mapOf,
  optionalOf,
  signatureText,
  stringType,
  typeParameter,
} from '../type.ts'
import { typeOfValue } from '../value/value.ts'
import { assign, isDyn, isDynOrError, mostGeneral, Substitutions, substitute, unwrapOptional } from './assignable.ts'
import type { CheckedExpression, Reference } from './checked.ts'
import { Scope } from './scope.ts'

/** Finds the types of all nodes and what names stand for; mistakes are reported to `source`. */
export const check = (root: Expression, source: Source, environment: Environment): CheckedExpression =>
  new Checker(source, environment).check(root)

/** `a.b.c` as a name; undefined: it is more than names. */
const qualifiedName = (node: Expression): string | undefined => {
  if (node.kind === 'identifier') return node.name
  if (node.kind !== 'select' || node.testOnly) return undefined
  const operand = qualifiedName(node.operand)
  return operand === undefined ? undefined : `${operand}.${node.field}`
}

const withoutDot = (name: string) => (name.startsWith('.') ? name.slice(1) : name)

class Checker {
  readonly #source: Source
  readonly #environment: Environment
  readonly #types = new Map<number, CelType>()
  readonly #references = new Map<number, Reference>()
  readonly #known = new Substitutions()
  #scope: Scope
  #free = 0

  constructor(source: Source, environment: Environment) {
    this.#source = source
    this.#environment = environment
    this.#scope = new Scope(environment.variables)
  }

  check(root: Expression): CheckedExpression {
    const checked = this.#check(root)
    for (const [id, type] of this.#types) this.#types.set(id, substitute(this.#known, type, true))
    return { root: checked, types: this.#types, references: this.#references }
  }

  #typeOf(node: Expression): CelType {
    return this.#types.get(node.id) ?? errorType
  }

  #report(node: { readonly id: number }, message: string): void {
    this.#source.report(this.#source.offsetOf(node.id), message)
  }

  #mismatch(node: Expression, expected: CelType, found: CelType): void {
    this.#report(node, `expected type '${expected}' but found '${found}'`)
  }

  #undeclared<T extends Expression>(node: T, name: string): T {
    this.#report(node, `undeclared reference to '${name}' (in container '')`)
    this.#types.set(node.id, errorType)
    return node
  }

  #assignable(from: CelType, to: CelType): boolean {
    return assign(this.#known, [from], [to])
  }

  /** The same tree with names resolved: a call of `a.b.c()` may turn out to be one of a function `a.b.c`. */
  #check(node: Expression): Expression {
    switch (node.kind) {
      case 'literal':
        this.#types.set(node.id, typeOfValue(node.value))
        return node
      case 'identifier':
        return this.#named(node, node.name) ?? this.#undeclared(node, node.name)
      case 'select':
        return this.#select(node)
      case 'call':
        return node.name === '_?._' ? this.#optionalSelect(node) : this.#call(node)
      case 'list':
        return this.#list(node)
      case 'map':
        return this.#map(node)
      case 'struct':
        return this.#struct(node)
      case 'comprehension':
        return this.#loop(node)
      default:
        return node
    }
  }

  /** Undefined: no variable, no type has this name. */
  #named(node: Expression, written: string): Expression | undefined {
    const name = withoutDot(written)
    const type = this.#scope.find(name) ?? this.#environment.typeNamed(name)
    if (!type) return undefined
    this.#types.set(node.id, type)
    this.#references.set(node.id, { name })
    return { kind: 'identifier', id: node.id, name }
  }

  #select(node: Select): Expression {
    const name = node.testOnly ? undefined : qualifiedName(node)
    const named = name === undefined ? undefined : this.#named(node, name)
    if (named) return named
    const operand = this.#check(node.operand)
    const type = this.#fieldType(node, operand, node.field, false)
    this.#types.set(node.id, node.testOnly ? boolType : substitute(this.#known, type, false))
    return { ...node, operand }
  }

  #optionalSelect(node: Call): Expression {
    const [target, field] = [this.#check(node.args[0]!), node.args[1]!]
    const name = field.kind === 'literal' ? String(field.value) : ''
    const type = this.#fieldType(node, target, name, true)
    this.#types.set(field.id, stringType)
    this.#types.set(node.id, substitute(this.#known, type, false))
    this.#references.set(node.id, { overloads: ['select_optional_field'] })
    return { ...node, args: [target, field] }
  }

  #fieldType(node: Expression, operand: Expression, field: string, optional: boolean): CelType {
    const operandType = substitute(this.#known, this.#typeOf(operand), false)
    const inside = unwrapOptional(operandType)
    const target = inside ?? operandType
    let result = dynType
    if (target.kind === 'map') result = target.parameters[1]!
    else if (target.kind === 'struct') result = this.#declaredField(node, target.name, field) ?? errorType
    else if (target.kind === 'typeParam') this.#assignable(dynType, target)
    else if (!isDynOrError(target)) this.#report(node, `type '${target}' does not support field selection`)
    return inside || optional ? optionalOf(result) : result
  }

  #declaredField(node: { readonly id: number }, typeName: string, field: string): CelType | undefined {
    const struct = this.#environment.structs.find(typeName)
    const word = escapedWord(field)
    const type = struct?.fields.get(field) ?? (word === undefined ? undefined : struct?.fields.get(word))
    if (!struct) this.#report(node, `unexpected failed resolution of '${typeName}'`)
    else if (!type) this.#report(node, `undefined field '${field}'`)
    return type
  }

  #call(node: Call): Expression {
    const args = node.args.map((arg) => this.#check(arg))
    if (!node.target) {
      const name = withoutDot(node.name)
      const overloads = this.#environment.overloadsOf(name)
      if (!overloads) this.#undeclared(node, node.name)
      else this.#resolve(node, name, overloads, undefined, args)
      return { ...node, name, args }
    }
    const prefix = qualifiedName(node.target)
    const qualified = prefix === undefined ? undefined : withoutDot(`${prefix}.${node.name}`)
    const function_ = qualified === undefined ? undefined : this.#environment.overloadsOf(qualified)
    if (function_) {
      this.#resolve(node, qualified!, function_, undefined, args)
      return { kind: 'call', id: node.id, name: qualified!, args }
    }
    const target = this.#check(node.target)
    const overloads = this.#environment.overloadsOf(node.name)
    if (!overloads) this.#undeclared(node, node.name)
    else this.#resolve(node, node.name, overloads, target, args)
    return { ...node, target, args }
  }

  #resolve(
    node: Expression,
    name: string,
    overloads: readonly Overload[],
    target: Expression | undefined,
    args: readonly Expression[],
  ): void {
    const given = (target ? [target, ...args] : args).map((arg) => this.#typeOf(arg))
    if (name === '_&&_' || name === '_||_') {
      this.#resolveLogical(node, overloads[0]!.id, args, given)
      return
    }
    let result: CelType | undefined
    const found: string[] = []
    for (const overload of overloads) {
      if (overload.isMember !== (target !== undefined)) continue
      const fresh = this.#instantiate(overload)
      if (!assign(this.#known, given, fresh.args)) continue
      found.push(overload.id)
      const type = substitute(this.#known, fresh.result, false)
      if (!result) result = type
      else if (!isDyn(result) && !isExactType(type, result)) result = dynType
    }
    if (result) {
      this.#types.set(node.id, result)
      this.#references.set(node.id, { overloads: found })
      return
    }
    const signature = signatureText(
      given.map((type) => substitute(this.#known, type, true)),
      target !== undefined,
    )
    this.#report(node, `found no matching overload for '${name}' applied to '${signature}'`)
    this.#types.set(node.id, errorType)
  }

  #resolveLogical(node: Expression, overload: string, args: readonly Expression[], given: readonly CelType[]): void {
    let wrong = false
    for (const [index, type] of given.entries()) {
      if (this.#assignable(type, boolType)) continue
      this.#mismatch(args[index]!, boolType, type)
      wrong = true
    }
    this.#types.set(node.id, wrong ? errorType : boolType)
    if (!wrong) this.#references.set(node.id, { overloads: [overload] })
  }

  /** An overload's types with parameters of this call's own. */
  #instantiate({ args, result }: Overload): { args: readonly CelType[]; result: CelType } {
    const fresh = new Substitutions()
    let generic = false
    const visit = (type: CelType) => {
      if (type.kind === 'typeParam') {
        generic = true
        if (!fresh.get(type.name)) fresh.set(type.name, this.#newParameter())
      }
      type.parameters.forEach(visit)
    }
    for (const type of [result, ...args]) visit(type)
    if (!generic) return { args, result }
    return { args: args.map((type) => substitute(fresh, type, false)), result: substitute(fresh, result, false) }
  }

  #newParameter(): CelType {
    return typeParameter(`_var${this.#free++}`)
  }

  /** The type of a value that is left out where it is an optional without one. */
  #optionalValue(node: Expression, optional: boolean): CelType {
    const type = this.#typeOf(node)
    if (!optional) return type
    const inside = unwrapOptional(type)
    if (!inside && !isDyn(type)) this.#mismatch(node, optionalOf(type), type)
    return inside ?? type
  }

  #join(before: CelType | undefined, type: CelType): CelType {
    if (!before) return type
    // That they differ is said later, but where a mix is allowed.
    return this.#assignable(before, type) ? mostGeneral(before, type) : dynType
  }

  #list(node: ListExpression): Expression {
    let type: CelType | undefined
    const elements = node.elements.map((element, index) => {
      const checked = this.#check(element)
      type = this.#join(type, this.#optionalValue(checked, node.optional.has(index)))
      return checked
    })
    this.#types.set(node.id, listOf(type ?? this.#newParameter()))
    return { ...node, elements }
  }

  #map(node: MapExpression): Expression {
    let keyType: CelType | undefined
    let valueType: CelType | undefined
    const entries = node.entries.map((entry) => {
      const key = this.#check(entry.key)
      keyType = this.#join(keyType, this.#typeOf(key))
      const value = this.#check(entry.value)
      valueType = this.#join(valueType, this.#optionalValue(value, entry.optional))
      return { ...entry, key, value }
    })
    this.#types.set(node.id, mapOf(keyType ?? this.#newParameter(), valueType ?? this.#newParameter()))
    return { ...node, entries }
  }

  #struct(node: StructExpression): Expression {
    const typeName = withoutDot(node.typeName)
    const type = this.#scope.find(typeName) ?? this.#environment.typeNamed(typeName)
    if (!type) {
      this.#undeclared(node, node.typeName)
      return node
    }
    let result = errorType
    const inside = type.parameters[0] ?? errorType
    if (type.kind !== 'type') this.#report(node, `'${type.name}' is not a type`)
    else if (inside.kind !== 'struct') this.#report(node, `'${inside.name}' is not a message type`)
    else result = inside
    this.#types.set(node.id, result)
    this.#references.set(node.id, { name: typeName })
    const fields = node.fields.map((field) => {
      const value = this.#check(field.value)
      const declared = this.#declaredField(field, inside.name, field.name) ?? errorType
      const given = this.#optionalValue(value, field.optional)
      if (!this.#assignable(declared, given))
        this.#report(field, `expected type of field '${field.name}' is '${declared}' but provided type is '${given}'`)
      return { ...field, value }
    })
    return { ...node, typeName, fields }
  }

  #loop(node: Comprehension): Expression {
    const range = this.#check(node.range)
    const initial = this.#check(node.initial)
    const accumulated = this.#typeOf(initial)
    const outer = this.#scope
    const around = new Scope(new Map([[node.accumulator, accumulated]]), outer)
    this.#scope = new Scope(new Map(this.#loopVariables(node, range)), around)
    const condition = this.#check(node.condition)
    this.#expect(condition, boolType)
    const step = this.#check(node.step)
    this.#expect(step, accumulated)
    this.#scope = around
    const result = this.#check(node.result)
    this.#scope = outer
    this.#types.set(node.id, substitute(this.#known, this.#typeOf(result), false))
    return { ...node, range, initial, condition, step, result }
  }

  #loopVariables(node: Comprehension, range: Expression): [string, CelType][] {
    const type = substitute(this.#known, this.#typeOf(range), false)
    let [first, second]: [CelType, CelType] = [dynType, dynType]
    if (type.kind === 'list')
      [first, second] = node.second === undefined ? [type.parameters[0]!, dynType] : [intType, type.parameters[0]!]
    else if (type.kind === 'map') [first, second] = [type.parameters[0]!, type.parameters[1]!]
    else if (isDynOrError(type) || type.kind === 'typeParam') this.#assignable(dynType, type)
    else {
      this.#report(range, `expression of type '${type}' cannot be range of a comprehension (must be list, map, or dynamic)`)
      ;[first, second] = [errorType, errorType]
    }
    const variables: [string, CelType][] = [[node.variable, first]]
    if (node.second !== undefined) variables.push([node.second, second])
    return variables
  }

  #expect(node: Expression, type: CelType): void {
    if (!this.#assignable(type, this.#typeOf(node))) this.#mismatch(node, type, this.#typeOf(node))
  }
}
