import { CelType } from '../type.ts'
import { compareStrings } from './string.ts'
import { CelError, CelList, CelMap, type CelValue, Duration, OpaqueValue, Optional, Timestamp, Uint } from './value.ts'

type Order = -1 | 0 | 1
const order = <T extends number | bigint>(a: T, b: T): Order => (a < b ? -1 : a > b ? 1 : 0)

export const noSuchOverload = new CelError('no such overload')

/** What a function answers to an argument of the wrong type: the argument, if that is an error itself. */
export const wrongArgument = (value: CelValue): CelError => (value instanceof CelError ? value : noSuchOverload)

const compareBytes = (a: Uint8Array, b: Uint8Array): Order => {
  const end = Math.min(a.length, b.length)
  for (let at = 0; at < end; at++) if (a[at] !== b[at]) return a[at]! < b[at]! ? -1 : 1
  return order(a.length, b.length)
}

const numberOf = (value: CelValue): bigint | number | undefined => {
  if (typeof value === 'bigint' || typeof value === 'number') return value
  return value instanceof Uint ? value.value : undefined
}

// A double is compared with an int as doubles are, which are coarse beyond 53 bits.
const compareNumbers = (a: bigint | number, b: bigint | number): Order => {
  if (typeof a === typeof b) return order(a as number, b as number)
  const [left, right] = [Number(a), Number(b)]
  if (typeof a === 'number' && (a > 2 ** 64 || a < -(2 ** 63))) return a > 0 ? 1 : -1
  if (typeof b === 'number' && (b > 2 ** 64 || b < -(2 ** 63))) return b > 0 ? -1 : 1
  return order(left, right)
}

const notANumber = new CelError('NaN values cannot be ordered')

/** For `<`, `<=`, `>`, `>=`: bools, numbers of any type, strings, bytes, durations, timestamps. */
export const compareValues = (a: CelValue, b: CelValue): Order | CelError => {
  const left = numberOf(a)
  if (left !== undefined) {
    if (Number.isNaN(left)) return notANumber
    const right = numberOf(b)
    if (right === undefined) return wrongArgument(b)
    return Number.isNaN(right) ? notANumber : compareNumbers(left, right)
  }
  if (typeof a === 'string') return typeof b === 'string' ? compareStrings(a, b) : wrongArgument(b)
  if (typeof a === 'boolean') return typeof b === 'boolean' ? order(Number(a), Number(b)) : wrongArgument(b)
  if (a instanceof Duration) return b instanceof Duration ? order(a.nanos, b.nanos) : wrongArgument(b)
  if (a instanceof Timestamp) return b instanceof Timestamp ? order(a.nanos, b.nanos) : wrongArgument(b)
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? compareBytes(a, b) : wrongArgument(b)
  return wrongArgument(b)
}

export const isComparable = (value: CelValue): boolean =>
  numberOf(value) !== undefined ||
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  value instanceof Duration ||
  value instanceof Timestamp ||
  value instanceof Uint8Array

const equalLists = (a: CelList, b: CelList): boolean => {
  if (a.size !== b.size) return false
  // As upstream's: an item that can't be compared does not make the lists differ.
  for (let at = 0; at < a.size; at++) if (equalValues(a.at(at), b.at(at)) === false) return false
  return true
}

const equalMaps = (a: CelMap, b: CelMap): boolean => {
  if (a.size !== b.size) return false
  for (const key of a.keys()) {
    const other = b.find(key)
    if (other === undefined || equalValues(a.find(key)!, other) === false) return false
  }
  return true
}

/** Values of different types are unequal, but numbers, which are compared by what they are worth. */
export const equalValues = (a: CelValue, b: CelValue): boolean | CelError => {
  if (a === null || b === null) return a === b
  if (typeof a === 'string' || typeof a === 'boolean') return a === b
  const left = numberOf(a)
  if (left !== undefined) {
    const right = numberOf(b)
    return right !== undefined && !Number.isNaN(left) && !Number.isNaN(right) && compareNumbers(left, right) === 0
  }
  if (a instanceof CelList) {
    if (a.equalTo) return a.equalTo(b)
    return b instanceof CelList && equalLists(a, b)
  }
  if (a instanceof CelMap) {
    if (a.equalTo) return a.equalTo(b)
    return b instanceof CelMap && equalMaps(a, b)
  }
  if (a instanceof OpaqueValue) return a.equals(b)
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos
  if (a instanceof Uint8Array) return b instanceof Uint8Array && compareBytes(a, b) === 0
  if (a instanceof CelType) return b instanceof CelType && a.name === b.name
  if (!(a instanceof Optional)) return a as CelError
  if (!(b instanceof Optional)) return false
  return a.value === undefined || b.value === undefined ? a.value === b.value : equalValues(a.value, b.value)
}

export const listContains = (list: CelList, value: CelValue): boolean | CelError => {
  if (list.containing) return list.containing(value)
  for (let at = 0; at < list.size; at++) if (equalValues(value, list.at(at)) === true) return true
  return false
}
