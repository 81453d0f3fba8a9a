import {
  bytesType,
  doubleType,
  durationType,
  intType,
  listOf,
  stringType,
  timestampType,
  typeParameter,
  uintType,
} from '../../type.ts'
import { wrongArgument } from '../../value/compare.ts'
import { longestString, tooLarge } from '../../value/limit.ts'
import { addMoment, addNanos, subtractMoments } from '../../value/time.ts'
import { CelError, CelList, type CelValue, Duration, isInt, isUint, Timestamp, Uint } from '../../value/value.ts'
import { declare, type FunctionDeclaration, overload } from '../declaration.ts'

const listOfA = listOf(typeParameter('A'))
const intOverflow = new CelError('integer overflow')
const uintOverflow = new CelError('unsigned integer overflow')

const int = (value: bigint): CelValue => (isInt(value) ? value : intOverflow)
const uint = (value: bigint): CelValue => (isUint(value) ? new Uint(value) : uintOverflow)

type Binary = (a: CelValue, b: CelValue) => CelValue

interface Numeric {
  readonly int?: (a: bigint, b: bigint) => CelValue
  readonly uint?: (a: bigint, b: bigint) => CelValue
  readonly double?: (a: number, b: number) => number
}

/** Both of one type, or it is no such overload. */
const numeric =
  ({ int, uint, double }: Numeric, otherwise: Binary = (_, b) => wrongArgument(b)): Binary =>
  (a, b) => {
    if (int && typeof a === 'bigint') return typeof b === 'bigint' ? int(a, b) : wrongArgument(b)
    if (double && typeof a === 'number') return typeof b === 'number' ? double(a, b) : wrongArgument(b)
    if (uint && a instanceof Uint) return b instanceof Uint ? uint(a.value, b.value) : wrongArgument(b)
    return otherwise(a, b)
  }

const concatenate = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const joined = new Uint8Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}

/** Also what `sum()` adds by. */
export const add: Binary = numeric(
  { int: (a, b) => int(a + b), uint: (a, b) => uint(a + b), double: (a, b) => a + b },
  (a, b) => {
    if (typeof a === 'string' && typeof b === 'string') return a.length + b.length > longestString ? tooLarge() : a + b
    if (a instanceof CelList && b instanceof CelList) return a.add(b)
    if (a instanceof Uint8Array && b instanceof Uint8Array) return concatenate(a, b)
    if (a instanceof Duration && b instanceof Duration) return addNanos(a.nanos, b.nanos)
    if (a instanceof Duration && b instanceof Timestamp) return addMoment(b, a.nanos)
    if (a instanceof Timestamp && b instanceof Duration) return addMoment(a, b.nanos)
    return wrongArgument(b)
  },
)

const subtract: Binary = numeric({ int: (a, b) => int(a - b), uint: (a, b) => uint(a - b), double: (a, b) => a - b }, (a, b) => {
  if (a instanceof Duration && b instanceof Duration) return addNanos(a.nanos, -b.nanos)
  if (a instanceof Timestamp && b instanceof Duration) return isInt(-b.nanos) ? addMoment(a, -b.nanos) : intOverflow
  return a instanceof Timestamp && b instanceof Timestamp ? subtractMoments(a, b) : wrongArgument(b)
})

const zero = (name: 'division' | 'modulus') => new CelError(`${name} by zero`)
const divide = numeric({
  int: (a, b) => (b === 0n ? zero('division') : int(a / b)),
  uint: (a, b) => (b === 0n ? zero('division') : uint(a / b)),
  double: (a, b) => a / b,
})
const modulo = numeric({
  int: (a, b) => (b === 0n ? zero('modulus') : b === -1n && !isInt(-a) ? intOverflow : a % b),
  uint: (a, b) => (b === 0n ? zero('modulus') : uint(a % b)),
})
const multiply = numeric({ int: (a, b) => int(a * b), uint: (a, b) => uint(a * b), double: (a, b) => a * b })

const negate = (value: CelValue): CelValue => {
  if (typeof value === 'bigint') return int(-value)
  if (typeof value === 'number') return -value
  if (value instanceof Duration) return isInt(-value.nanos) ? new Duration(-value.nanos) : intOverflow
  return wrongArgument(value)
}

const isNumber = (value: CelValue) => typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint
const isTime = (value: CelValue) => value instanceof Duration || value instanceof Timestamp
const adds = (value: CelValue) =>
  isNumber(value) || typeof value === 'string' || isTime(value) || value instanceof CelList || value instanceof Uint8Array

export const arithmetic: readonly FunctionDeclaration[] = [
  declare(
    '_+_',
    [
      overload('add_bytes', [bytesType, bytesType], bytesType),
      overload('add_double', [doubleType, doubleType], doubleType),
      overload('add_duration_duration', [durationType, durationType], durationType),
      overload('add_duration_timestamp', [durationType, timestampType], timestampType),
      overload('add_timestamp_duration', [timestampType, durationType], timestampType),
      overload('add_int64', [intType, intType], intType),
      overload('add_list', [listOfA, listOfA], listOfA),
      overload('add_string', [stringType, stringType], stringType),
      overload('add_uint64', [uintType, uintType], uintType),
    ],
    { call: add, accepts: adds },
  ),
  declare(
    '_/_',
    [
      overload('divide_double', [doubleType, doubleType], doubleType),
      overload('divide_int64', [intType, intType], intType),
      overload('divide_uint64', [uintType, uintType], uintType),
    ],
    { call: divide, accepts: isNumber },
  ),
  declare(
    '_%_',
    [overload('modulo_int64', [intType, intType], intType), overload('modulo_uint64', [uintType, uintType], uintType)],
    { call: modulo, accepts: (value) => isNumber(value) && typeof value !== 'number' },
  ),
  declare(
    '_*_',
    [
      overload('multiply_double', [doubleType, doubleType], doubleType),
      overload('multiply_int64', [intType, intType], intType),
      overload('multiply_uint64', [uintType, uintType], uintType),
    ],
    { call: multiply, accepts: isNumber },
  ),
  declare('-_', [overload('negate_double', [doubleType], doubleType), overload('negate_int64', [intType], intType)], {
    call: negate,
    accepts: (value) =>
      typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean' || value instanceof Duration,
  }),
  declare(
    '_-_',
    [
      overload('subtract_double', [doubleType, doubleType], doubleType),
      overload('subtract_duration_duration', [durationType, durationType], durationType),
      overload('subtract_int64', [intType, intType], intType),
      overload('subtract_timestamp_duration', [timestampType, durationType], timestampType),
      overload('subtract_timestamp_timestamp', [timestampType, timestampType], durationType),
      overload('subtract_uint64', [uintType, uintType], uintType),
    ],
    { call: subtract, accepts: (value) => isNumber(value) || isTime(value) },
  ),
]
