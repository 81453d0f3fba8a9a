import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  durationType,
  intType,
  listOf,
  stringType,
  timestampType,
  typeParameter,
  uintType,
} from '../type.ts'
import { compareValues, equalValues, isComparable, wrongArgument } from '../value/compare.ts'
import { CelError, type CelList, type CelValue, Duration, Uint } from '../value/value.ts'
import { declare, type FunctionDeclaration, method } from './declaration.ts'
import { add } from './standard/arithmetic.ts'

const summable: readonly (readonly [string, CelType, CelValue])[] = [
  ['int', intType, 0n],
  ['uint', uintType, new Uint(0n)],
  ['double', doubleType, 0],
  ['duration', durationType, new Duration(0n)],
]

const comparable: readonly (readonly [string, CelType])[] = [
  ['int', intType],
  ['uint', uintType],
  ['double', doubleType],
  ['bool', boolType],
  ['duration', durationType],
  ['timestamp', timestampType],
  ['string', stringType],
  ['bytes', bytesType],
]

const isSorted = (list: CelList): CelValue => {
  for (let at = 0; at < list.size; at++) {
    if (!isComparable(list.at(at))) return wrongArgument(list.at(at))
    if (at > 0 && compareValues(list.at(at - 1), list.at(at)) === 1) return false
  }
  return true
}

const sum =
  (zero: CelValue) =>
  (list: CelList): CelValue => {
    let total = zero
    for (const item of list) {
      total = add(total, item)
      if (total instanceof CelError) return total
    }
    return total
  }

/** The item that no other one beats. */
const extreme =
  (name: 'min' | 'max') =>
  (list: CelList): CelValue => {
    let best: CelValue | undefined
    for (const item of list) {
      if (!isComparable(item)) return wrongArgument(item)
      if (best === undefined || compareValues(best, item) === (name === 'min' ? 1 : -1)) best = item
    }
    return best ?? new CelError(`${name} called on empty list`)
  }

const indexOf = (list: CelList, item: CelValue): CelValue => {
  for (let at = 0; at < list.size; at++) if (equalValues(list.at(at), item) === true) return BigInt(at)
  return -1n
}

const lastIndexOf = (list: CelList, item: CelValue): CelValue => {
  for (let at = list.size - 1; at >= 0; at--) if (equalValues(list.at(at), item) === true) return BigInt(at)
  return -1n
}

const a = typeParameter('A')

export const lists: readonly FunctionDeclaration[] = [
  declare(
    'isSorted',
    comparable.map(([name, type]) => method(`list_${name}_is_sorted_bool`, [listOf(type)], boolType, isSorted)),
  ),
  declare(
    'sum',
    summable.map(([name, type, zero]) => method(`list_${name}_sum_${name}`, [listOf(type)], type, sum(zero))),
  ),
  ...(['max', 'min'] as const).map((which) =>
    declare(
      which,
      comparable.map(([name, type]) => method(`list_${name}_${which}_${name}`, [listOf(type)], type, extreme(which))),
    ),
  ),
  declare('indexOf', [method('list_a_index_of_int', [listOf(a), a], intType, indexOf)]),
  declare('lastIndexOf', [method('list_a_last_index_of_int', [listOf(a), a], intType, lastIndexOf)]),
]
