import type { Builder } from '../parse/builder.ts'
import type { Expression } from '../parse/expression.ts'
import { type Macro, MacroError } from '../parse/macro.ts'
import { mapMacro } from '../parse/macros.ts'
import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  listOf,
  stringType,
  timestampType,
  typeParameter,
  uintType,
} from '../type.ts'
import { compareValues, equalValues, isComparable } from '../value/compare.ts'
import { longestList, tooLarge } from '../value/limit.ts'
import { CelError, CelList, type CelValue, RangeList, typeOfValue, ValueList } from '../value/value.ts'
import { declare, type FunctionDeclaration, method, overload } from './declaration.ts'

const list = listOf(typeParameter('T'))
const comparable = [intType, uintType, doubleType, boolType, durationType, timestampType, stringType, bytesType]

const slice = (values: CelList, start: bigint, end: bigint): CelValue => {
  const refuse = (why: string) => new CelError(`cannot slice(${start}, ${end}), ${why}`)
  if (start < 0n || end < 0n) return refuse('negative indexes not supported')
  if (start > end) return refuse('start index must be less than or equal to end index')
  if (values.size < end) return refuse(`list is length ${values.size}`)
  const items: CelValue[] = []
  for (let at = Number(start); at < end; at++) items.push(values.at(at))
  return new ValueList(items)
}

const flatten = (values: CelList, depth: bigint): CelValue => {
  if (depth < 0n) return new CelError('level must be non-negative')
  const items: CelValue[] = []
  const visit = (from: CelList, left: bigint): void => {
    for (const item of from) {
      if (item instanceof CelList && left > 0n) visit(item, left - 1n)
      else items.push(item)
      if (items.length > longestList) tooLarge()
    }
  }
  visit(values, depth)
  return new ValueList(items)
}

const sortByKeys = (values: CelList, keys: CelList): CelValue => {
  if (values.size !== keys.size)
    return new CelError(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${values.size} and ${keys.size} elements respectively`,
    )
  if (values.size === 0) return values
  if (!isComparable(keys.at(0))) return new CelError('list elements must be comparable')
  const { kind } = typeOfValue(keys.at(0))
  const rows = [...keys].map((key, index) => ({ key, index }))
  if (rows.length > 1 && rows.some(({ key }) => typeOfValue(key).kind !== kind))
    return new CelError('list elements must have the same type')
  rows.sort((a, b) => {
    const order = compareValues(a.key, b.key)
    return order instanceof CelError ? 0 : order
  })
  return new ValueList(rows.map(({ index }) => values.at(index)))
}

const range = (size: bigint): CelValue => {
  if (size > Number.MAX_SAFE_INTEGER) return tooLarge()
  return new RangeList(size < 0n ? 0 : Number(size))
}

const reverse = (values: CelList): CelValue => new ValueList([...values].reverse())

const distinct = (values: CelList): CelValue => {
  // Each is compared with each: what would cost more than any budget is not begun.
  if (values.size > 5000) return tooLarge()
  const found: CelValue[] = []
  for (const item of values) if (!found.some((other) => equalValues(item, other) === true)) found.push(item)
  return new ValueList(found)
}

export const extendedLists: readonly FunctionDeclaration[] = [
  declare('slice', [method('list_slice', [list, intType, intType], list, slice)]),
  {
    ...declare('flatten', [
      method('list_flatten', [listOf(list)], list, (values: CelList) => flatten(values, 1n)),
      method('list_flatten_int', [listOf(dynType), intType], listOf(dynType), flatten),
    ]),
    unguarded: true,
  },
  declare(
    'sort',
    comparable.map((type) => method(`list_${type.name}_sort`, [listOf(type)], listOf(type))),
    { call: (values: CelList) => sortByKeys(values, values), accepts: (value) => value instanceof CelList },
  ),
  declare(
    '@sortByAssociatedKeys',
    comparable.map((type) => method(`list_${type.name}_sortByAssociatedKeys`, [list, listOf(type)], list)),
    { call: sortByKeys, accepts: (value) => value instanceof CelList },
  ),
  declare('lists.range', [overload('lists_range', [intType], listOf(intType), range)]),
  declare('reverse', [method('list_reverse', [list], list, reverse)]),
  declare('distinct', [method('list_distinct', [list], list, distinct)]),
]

const sortable = new Set<Expression['kind']>(['list', 'select', 'identifier', 'comprehension', 'call'])

export const sortBy: Macro = {
  name: 'sortBy',
  isMember: true,
  arity: 2,
  expand: (build: Builder, target, args) => {
    if (!sortable.has(target.kind))
      throw new MacroError(
        target.id,
        'sortBy can only be applied to a list, identifier, comprehension, call or select expression',
      )
    const variable = build.identifier('@__sortBy_input__')
    const keys = mapMacro(build, build.copy(variable), args)
    const sorted = build.memberCall('@sortByAssociatedKeys', build.copy(variable), keys)
    return build.loop({
      range: build.list(),
      variable: '#unused',
      accumulator: variable.name,
      initial: target,
      condition: build.literal(false),
      step: variable,
      result: sorted,
    })
  },
}
