import type { Estimate, SizeHints } from '../cel.ts'
import type { CheckedExpression } from '../check/checked.ts'
import { accumulatorName, oldAccumulatorName } from '../parse/builder.ts'
import type { Call, Comprehension, Expression, ListExpression, MapExpression, Select } from '../parse/expression.ts'
import { CelType, dynType } from '../type.ts'
import { actualSize } from './actual-size.ts'
import { fixed, most, plus, sum, times, union, unknown } from './estimate.ts'
import { estimateCall } from './estimate-call.ts'
import { LocalSizes } from './local-sizes.ts'
import type { EntrySize, Sized, SizeSource } from './sized.ts'

interface Local {
  readonly path: readonly string[] | undefined
  readonly size: Estimate | undefined
  readonly entry: EntrySize | undefined
}

const scalars = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint'])

const isScalar = (type: CelType): boolean =>
  scalars.has(type.kind) || (type.kind === 'opaque' && type.name === 'optional_type' && isScalar(type.parameters[0]!))

/** Walks an expression as upstream's estimator does: it is what decides which rules a CRD may have. */
export class Estimator implements SizeSource {
  readonly #checked: CheckedExpression
  readonly #hints: SizeHints
  readonly #paths = new Map<number, readonly string[]>()
  readonly #locals = new LocalSizes<Local>()
  readonly #sizes = new Map<number, Estimate>()
  readonly #entries = new Map<number, EntrySize>()

  constructor(checked: CheckedExpression, hints: SizeHints) {
    this.#checked = checked
    this.#hints = hints
  }

  cost(node: Expression): Estimate {
    switch (node.kind) {
      case 'identifier': {
        const local = this.#locals.find(node.name)
        this.#addPath(node, local ? local.path : [node.name])
        return fixed(1)
      }
      case 'select':
        return this.#select(node)
      case 'call':
        return this.#call(node)
      case 'list':
        return this.#list(node)
      case 'map':
        return this.#map(node)
      case 'struct':
        return plus(sum(node.fields.map(({ value }) => this.cost(value))), fixed(40))
      case 'comprehension':
        return isBinding(node) ? this.#binding(node) : this.#loop(node)
      default:
        return fixed(0)
    }
  }

  typeOf(node: Expression): CelType {
    return this.#checked.types.get(node.id) ?? dynType
  }

  sizeOf(node: Expression): Estimate | undefined {
    const known = this.#sizes.get(node.id) ?? ownSize(node)
    if (known) return known
    const hint = this.#hint(this.#path(node), this.typeOf(node))
    if (hint) {
      this.#sizes.set(node.id, hint)
      return hint
    }
    if (isScalar(this.typeOf(node))) return fixed(1)
    return node.kind === 'identifier' ? this.#locals.find(node.name)?.size : undefined
  }

  sizeOrUnknown(node: Expression): Estimate {
    return this.sizeOf(node) ?? unknown
  }

  entryOf(node: Expression): EntrySize | undefined {
    return this.#entries.get(node.id) ?? (node.kind === 'identifier' ? this.#locals.find(node.name)?.entry : undefined)
  }

  setEntry(node: Expression, entry: EntrySize | undefined): void {
    if (entry) this.#entries.set(node.id, entry)
  }

  /** As functions of libraries ask for sizes. */
  sizeOfNode({ size, path, type }: Sized): Estimate {
    return size ?? this.#hint(path, type) ?? unknown
  }

  #hint(path: readonly string[] | undefined, type: CelType): Estimate | undefined {
    return this.#hints(path ? { path, type } : { type })
  }

  #sized(node: Expression): Sized {
    const path = this.#path(node)
    const hidden = path?.[0] === accumulatorName || path?.[0] === oldAccumulatorName
    return { path: hidden ? undefined : path, type: this.typeOf(node), expression: node, size: this.sizeOf(node) }
  }

  #path(node: Expression): readonly string[] | undefined {
    const local = node.kind === 'identifier' ? this.#locals.find(node.name) : undefined
    return local ? local.path : this.#paths.get(node.id)
  }

  #addPath(node: Expression, path: readonly string[] | undefined): void {
    if (path) this.#paths.set(node.id, path)
    else this.#paths.delete(node.id)
  }

  #into(node: Expression, step: string): readonly string[] {
    return [...(this.#path(node) ?? []), step]
  }

  #setSize(node: Expression, size: Estimate | undefined): void {
    if (size) this.#sizes.set(node.id, size)
  }

  #copySizes(to: Expression, from: Expression): void {
    this.#setSize(to, this.sizeOf(from))
    this.setEntry(to, this.entryOf(from))
  }

  #select(node: Select): Estimate {
    const cost = this.cost(node.operand)
    if (node.testOnly) return cost
    const costs = ['map', 'struct', 'typeParam'].includes(this.typeOf(node.operand).kind)
    this.#addPath(node, this.#into(node.operand, node.field))
    return costs ? plus(cost, fixed(1)) : cost
  }

  #call(node: Call): Estimate {
    if (node.name === 'dyn') {
      const cost = plus(this.cost(node.args[0]!), fixed(1))
      this.#copySizes(node, node.args[0]!)
      return cost
    }
    const costs = node.args.map((arg) => this.cost(arg))
    const args = node.args.map((arg) => this.#sized(arg))
    const overloads = this.#checked.references.get(node.id)?.overloads ?? []
    if (!overloads.length) return fixed(0)
    const targetCost = node.target ? this.cost(node.target) : fixed(0)
    const target = node.target && this.#sized(node.target)
    let cost: Estimate = { min: most, max: 0n }
    let size: Estimate | undefined
    for (const overload of overloads) {
      const estimate = estimateCall(this, { node, overload, target, args, costs })
      cost = union(cost, estimate.cost)
      if (estimate.size) size = size ? union(size, estimate.size) : estimate.size
      if (overload === 'index_list' || overload === 'index_map') {
        size = this.entryOf(node.args[0]!)?.value
        this.#addPath(node, this.#into(node.args[0]!, overload === 'index_list' ? '@items' : '@values'))
      }
      size ??= this.sizeOf(node)
    }
    this.#setSize(node, size)
    return plus(targetCost, cost)
  }

  /** Bounds of all sizes; where there is none, an empty one. */
  #range(nodes: readonly Expression[]): Estimate {
    return nodes.reduce<Estimate>((range, node) => union(range, this.sizeOrUnknown(node)), {
      min: nodes.length ? most : 0n,
      max: 0n,
    })
  }

  #list(node: ListExpression): Estimate {
    const costs: Estimate[] = []
    let value: Estimate = { min: node.elements.length ? most : 0n, max: 0n }
    for (const element of node.elements) {
      costs.push(this.cost(element))
      value = union(value, this.sizeOrUnknown(element))
    }
    this.setEntry(node, { container: 'list', key: fixed(1), value })
    return plus(sum(costs), fixed(10))
  }

  #map(node: MapExpression): Estimate {
    const cost = sum(node.entries.map((entry) => plus(this.cost(entry.key), this.cost(entry.value))))
    const key = this.#range(node.entries.map((entry) => entry.key))
    const value = this.#range(node.entries.map((entry) => entry.value))
    this.setEntry(node, { container: 'map', key, value })
    return plus(cost, fixed(30))
  }

  #loop(node: Comprehension): Estimate {
    let cost = plus(this.cost(node.range), this.cost(node.initial))
    this.#locals.push(node.accumulator, this.#bound(node.initial))
    const names = this.#pushVariables(node)
    const condition = this.cost(node.condition)
    const step = this.cost(node.step)
    for (const name of names) this.#locals.pop(name)
    cost = plus(cost, this.cost(node.result))
    this.#locals.pop(node.accumulator)
    const count = this.sizeOrUnknown(node.range)
    cost = plus(cost, times(count, plus(step, condition)))
    if (node.initial.kind === 'literal') this.#setSize(node, this.sizeOf(node.initial))
    else if (node.initial.kind === 'list' || node.initial.kind === 'map') {
      this.#setSize(node, count)
      this.setEntry(node, this.entryOf(node.step))
    }
    return cost
  }

  #pushVariables(node: Comprehension): string[] {
    const entry = this.entryOf(node.range)
    const isList = (entry?.container ?? this.typeOf(node.range).kind) === 'list'
    const push = (name: string, step: string, size: Estimate | undefined) => {
      this.#locals.push(name, { path: this.#into(node.range, step), size, entry: undefined })
      return name
    }
    if (node.second === undefined) return [push(node.variable, isList ? '@items' : '@keys', isList ? entry?.value : entry?.key)]
    return [
      push(node.variable, isList ? '@indices' : '@keys', entry?.key),
      push(node.second, isList ? '@items' : '@values', entry?.value),
    ]
  }

  #bound(node: Expression): Local {
    return { path: this.#path(node), entry: this.entryOf(node), size: this.sizeOf(node) }
  }

  #binding(node: Comprehension): Estimate {
    const cost = plus(this.cost(node.range), this.cost(node.initial))
    this.#locals.push(node.accumulator, this.#bound(node.initial))
    const result = this.cost(node.result)
    this.#locals.pop(node.accumulator)
    this.#copySizes(node, node.result)
    return plus(cost, result)
  }
}

/** A name for a value, which macros make of a loop over nothing. */
const isBinding = ({ range, condition, accumulator }: Comprehension): boolean =>
  range.kind === 'list' &&
  range.elements.length === 0 &&
  condition.kind === 'literal' &&
  condition.value === false &&
  accumulator !== oldAccumulatorName

const ownSize = (node: Expression): Estimate | undefined => {
  if (node.kind === 'literal') return node.value instanceof CelType ? undefined : fixed(actualSize(node.value))
  if (node.kind === 'list') return fixed(node.elements.length)
  return node.kind === 'map' ? fixed(node.entries.length) : undefined
}
