import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  durationType,
  dynType,
  intType,
  stringType,
  timestampType,
  typeOf,
  typeParameter,
  uintType,
} from '../../type.ts'
import { generalText } from '../../value/number-text.ts'
import { durationText, parseDuration, parseTimestamp, secondsOf, timestampAt, timestampText } from '../../value/time.ts'
import { CelError, type CelValue, type Duration, isInt, isUint, type Timestamp, typeOfValue, Uint } from '../../value/value.ts'
import { declare, type FunctionDeclaration, type Implementation, overload } from '../declaration.ts'

const intOverflow = new CelError('integer overflow')
const uintOverflow = new CelError('unsigned integer overflow')

/** `string` can't be read as the other type. */
const unreadable = (type: CelType) => new CelError(`type conversion error from 'string' to '${type.name}'`)

const doubleToInt = (value: number): CelValue =>
  !Number.isFinite(value) || value <= -(2 ** 63) || value >= 2 ** 63 ? intOverflow : BigInt(Math.trunc(value))
const doubleToUint = (value: number): CelValue =>
  !Number.isFinite(value) || value < 0 || value >= 2 ** 64 ? uintOverflow : new Uint(BigInt(Math.trunc(value)))

const stringToInt = (text: string): CelValue => {
  if (!/^[+-]?\d+$/.test(text)) return unreadable(intType)
  const value = BigInt(text.replace(/^\+/, ''))
  return isInt(value) ? value : unreadable(intType)
}

const stringToUint = (text: string): CelValue => {
  const value = /^\d+$/.test(text) ? BigInt(text) : -1n
  return isUint(value) ? new Uint(value) : unreadable(uintType)
}

const words: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
}

const stringToDouble = (text: string): CelValue => {
  const [, sign, rest = ''] = /^([+-]?)(.*)$/s.exec(text)!
  const word = words[rest.toLowerCase()]
  if (word !== undefined) return Number.isNaN(word) && sign ? unreadable(doubleType) : sign === '-' ? -word : word
  const decimal = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(rest)
  const value = decimal ? Number(text) : hexadecimal(rest, sign === '-')
  return value === undefined || !Number.isFinite(value) ? unreadable(doubleType) : value
}

const hexadecimal = (text: string, negative: boolean): number | undefined => {
  const match = /^0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)$/.exec(text)
  if (!match || !(match[1] || match[2])) return undefined
  const value = Number(`0x${match[1]}${match[2]}`) * 2 ** (Number(match[3]) - 4 * match[2]!.length)
  return negative ? -value : value
}

const bools: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false])),
}

const strictText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const bytesToString = (bytes: Uint8Array): CelValue => {
  try {
    return strictText.decode(bytes)
  } catch {
    return new CelError('invalid UTF-8 in bytes, cannot convert to string')
  }
}

type Rows = readonly (readonly [id: string, from: CelType, convert?: Implementation])[]

const same = (value: CelValue): CelValue => value
const conversion = (to: CelType, name: string, rows: Rows): FunctionDeclaration =>
  declare(
    name,
    rows.map(([id, from, convert]) => overload(id, [from], to, convert ?? same)),
  )

/** A value as text, for `string()` and clauses of `format()`; undefined: its type has none. */
export const textOf = (value: CelValue): CelValue | undefined => {
  const type = typeOfValue(value).kind
  const convert = toText.find(([, from]) => from.kind === type)?.[2] as ((value: CelValue) => CelValue) | undefined
  return typeof value === 'string' ? value : convert?.(value)
}

const toText: Rows = [
  ['string_to_string', stringType],
  ['bool_to_string', boolType, String],
  ['bytes_to_string', bytesType, bytesToString],
  ['double_to_string', doubleType, generalText],
  ['duration_to_string', durationType, durationText],
  ['int64_to_string', intType, String],
  ['timestamp_to_string', timestampType, timestampText],
  ['uint64_to_string', uintType, ({ value }: Uint) => String(value)],
]

const any = typeParameter('A')

export const conversions: readonly FunctionDeclaration[] = [
  declare('type', [overload('type', [any], typeOf(any))], { call: typeOfValue }),
  conversion(boolType, 'bool', [
    ['bool_to_bool', boolType],
    ['string_to_bool', stringType, (text: string) => (Object.hasOwn(bools, text) ? bools[text]! : unreadable(boolType))],
  ]),
  conversion(bytesType, 'bytes', [
    ['bytes_to_bytes', bytesType],
    ['string_to_bytes', stringType, (text: string) => new Uint8Array(Buffer.from(text))],
  ]),
  conversion(doubleType, 'double', [
    ['double_to_double', doubleType],
    ['int64_to_double', intType, (value: bigint) => Number(value)],
    ['string_to_double', stringType, stringToDouble],
    ['uint64_to_double', uintType, ({ value }: Uint) => Number(value)],
  ]),
  conversion(durationType, 'duration', [
    ['duration_to_duration', durationType],
    ['int64_to_duration', intType, () => new CelError(`type conversion error from 'int' to '${durationType.name}'`)],
    ['string_to_duration', stringType, (text: string) => parseDuration(text) ?? unreadable(durationType)],
  ]),
  declare('dyn', [overload('to_dyn', [any], dynType)], { call: same }),
  conversion(intType, 'int', [
    ['int64_to_int64', intType],
    ['double_to_int64', doubleType, doubleToInt],
    ['duration_to_int64', durationType, ({ nanos }: Duration) => nanos],
    ['string_to_int64', stringType, stringToInt],
    ['timestamp_to_int64', timestampType, (moment: Timestamp) => secondsOf(moment)],
    ['uint64_to_int64', uintType, ({ value }: Uint) => (isInt(value) ? value : intOverflow)],
  ]),
  conversion(stringType, 'string', toText),
  conversion(timestampType, 'timestamp', [
    ['timestamp_to_timestamp', timestampType],
    ['int64_to_timestamp', intType, (seconds: bigint) => timestampAt(seconds)],
    ['string_to_timestamp', stringType, (text: string) => parseTimestamp(text) ?? unreadable(timestampType)],
  ]),
  conversion(uintType, 'uint', [
    ['uint64_to_uint64', uintType],
    ['double_to_uint64', doubleType, doubleToUint],
    ['int64_to_uint64', intType, (value: bigint) => (value < 0n ? uintOverflow : new Uint(value))],
    ['string_to_uint64', stringType, stringToUint],
  ]),
]
