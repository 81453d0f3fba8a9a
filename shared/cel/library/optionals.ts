import type { Builder } from '../parse/builder.ts'
import type { Expression } from '../parse/expression.ts'
import { type Macro, variableName } from '../parse/macro.ts'
import { boolType, dynType, intType, listOf, mapOf, optionalOf, stringType, typeParameter } from '../type.ts'
import { shown } from '../value/shown.ts'
import { firstSecond } from '../value/time.ts'
import { CelError, CelList, CelMap, type CelValue, Duration, Optional, Timestamp, Uint, ValueList } from '../value/value.ts'
import { declare, type FunctionDeclaration, method, overload } from './declaration.ts'

const k = typeParameter('K')
const v = typeParameter('V')
const optional = optionalOf(v)
const list = listOf(v)
const map = mapOf(k, v)

/** Not `null`, `0`, `""`, an empty list and their like. */
const isZero = (value: CelValue): boolean => {
  if (value === null || value === false || value === 0n || value === 0 || value === '') return true
  if (value instanceof CelList || value instanceof CelMap) return value.size === 0
  if (value instanceof Uint) return value.value === 0n
  if (value instanceof Duration) return value.nanos === 0n
  if (value instanceof Timestamp) return value.nanos === firstSecond * 1_000_000_000n
  return value instanceof Uint8Array && value.length === 0
}

const itemAt = (values: CelList, index: number) => (values.size === 0 ? Optional.none : new Optional(values.at(index)))

const unwrap = (values: CelList): CelValue => {
  const found: CelValue[] = []
  for (const value of values) {
    if (!(value instanceof Optional)) return new CelError(`value ${shown(value)} is not optional`)
    if (value.value !== undefined) found.push(value.value)
  }
  return new ValueList(found)
}

export const optionals: readonly FunctionDeclaration[] = [
  declare('optional.of', [overload('optional_of', [v], optional, (value: CelValue) => new Optional(value))]),
  declare('optional.ofNonZeroValue', [
    overload('optional_ofNonZeroValue', [v], optional, (value: CelValue) =>
      isZero(value) ? Optional.none : new Optional(value),
    ),
  ]),
  declare('optional.none', [overload('optional_none', [], optional, () => Optional.none)]),
  declare('value', [
    method('optional_value', [optional], v, ({ value }: Optional) =>
      value === undefined ? new CelError('optional.none() dereference') : value,
    ),
  ]),
  declare('hasValue', [method('optional_hasValue', [optional], boolType, ({ value }: Optional) => value !== undefined)]),
  declare('or', [method('optional_or_optional', [optional, optional], optional)]),
  declare('orValue', [method('optional_orValue_value', [optional, v], v)]),
  declare('_?._', [overload('select_optional_field', [dynType, stringType], optional)]),
  declare('_[?_]', [
    overload('list_optindex_optional_int', [list, intType], optional),
    overload('optional_list_optindex_optional_int', [optionalOf(list), intType], optional),
    overload('map_optindex_optional_value', [map, k], optional),
    overload('optional_map_optindex_optional_value', [optionalOf(map), k], optional),
  ]),
  declare('_[_]', [
    overload('optional_list_index_int', [optionalOf(list), intType], optional),
    overload('optional_map_index_value', [optionalOf(map), k], optional),
  ]),
  declare('last', [method('list_last', [list], optional, (values: CelList) => itemAt(values, values.size - 1))]),
  declare('first', [method('list_first', [list], optional, (values: CelList) => itemAt(values, 0))]),
  declare('optional.unwrap', [overload('optional_unwrap', [listOf(optional)], list, unwrap)]),
  declare('unwrapOpt', [method('optional_unwrapOpt', [listOf(optional)], list, unwrap)]),
]

/** A value under a name, as a loop over nothing. */
export const bind = (build: Builder, name: string, value: Expression, result: Expression): Expression =>
  build.loop({
    range: build.list(),
    variable: '#unused',
    accumulator: name,
    initial: value,
    condition: build.literal(false),
    step: build.identifier(name),
    result,
  })

const mapping = (name: string, wrap: (build: Builder, value: Expression) => Expression): Macro => ({
  name,
  isMember: true,
  arity: 2,
  expand: (build, target, [variable, transform]) => {
    const bound = variableName(variable!, `${name}() variable name must be a simple identifier`)
    const present = build.memberCall('hasValue', target)
    const value = bind(build, bound, build.memberCall('value', build.copy(target)), transform!)
    return build.call('_?_:_', present, wrap(build, value), build.call('optional.none'))
  },
})

export const optionalMacros: readonly Macro[] = [
  mapping('optMap', (build, value) => build.call('optional.of', value)),
  mapping('optFlatMap', (_, value) => value),
]
