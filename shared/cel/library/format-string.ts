import { CelType } from '../type.ts'
import { longestString, tooLarge } from '../value/limit.ts'
import { fixedText, groupedText, scientificText } from '../value/number-text.ts'
import { compareStrings, quoted } from '../value/string.ts'
import { durationText, timestampText } from '../value/time.ts'
import { CelError, CelList, CelMap, type CelValue, Duration, Timestamp, typeOfValue, Uint } from '../value/value.ts'
import { type Clause, eachClause, FormatError, wrongType } from './format-clause.ts'
import { textOf } from './standard/conversion.ts'

const defaultPrecision = 6

/** `'%s is %.2f'.format([a, b])`. */
export const formatString = (text: string, args: CelList): CelValue => {
  try {
    return eachClause(text, args.size, (clause, argument) => write(clause, args.at(argument)))
  } catch (error) {
    if (error instanceof FormatError) return new CelError(error.message)
    throw error
  }
}

const typeName = (value: CelValue) => typeOfValue(value).name
const wholeOf = (value: CelValue): bigint | undefined =>
  typeof value === 'bigint' ? value : value instanceof Uint ? value.value : undefined

const write = ({ verb, precision = defaultPrecision }: Clause, value: CelValue): string => {
  switch (verb) {
    case 's':
      return stringClause(value)
    case 'd':
      return String(wholeOf(value) ?? fail(verb, value))
    case 'f':
    case 'e':
      return floating(verb, value, precision)
    case 'b':
      return typeof value === 'boolean' ? String(Number(value)) : (wholeOf(value) ?? fail(verb, value)).toString(2)
    case 'o':
      return (wholeOf(value) ?? fail(verb, value)).toString(8)
    default: {
      const hex = hexOf(value)
      return verb === 'X' ? hex.toUpperCase() : hex
    }
  }
}

const fail = (verb: string, value: CelValue): never => {
  throw wrongType(verb, typeName(value))
}

const hexOf = (value: CelValue): string => {
  if (typeof value === 'string' || value instanceof Uint8Array) return Buffer.from(value as string).toString('hex')
  return (wholeOf(value) ?? fail('x', value)).toString(16)
}

const words: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
}

const floating = (verb: 'f' | 'e', value: CelValue, precision: number): string => {
  const number = typeof value === 'number' ? value : typeof value === 'string' ? words[value] : undefined
  if (number === undefined) return fail(verb, value)
  if (precision > longestString) tooLarge()
  // Upstream takes what stands for the digits of a scientific number as its width.
  const width = verb === 'e' ? precision : 0
  if (!Number.isFinite(number)) return (Number.isNaN(number) ? 'NaN' : number > 0 ? '∞' : '-∞').padStart(width)
  return verb === 'f' ? groupedText(number, precision) : scientificText(number).padStart(width)
}

const stringClause = (value: CelValue): string => {
  if (value instanceof CelList) return listText(value)
  if (value instanceof CelMap) return mapText(value)
  if (value === null) return 'null'
  if (value instanceof CelType) return value.name
  const text = textOf(value)
  if (text instanceof CelError)
    throw new FormatError(`error during formatting: could not convert argument "${text.message}" to string`)
  return typeof text === 'string' ? text : fail('s', value)
}

/** As it stands inside of a list or a map: strings in quotes, times as calls. */
const nested = (value: CelValue): string => {
  if (value instanceof CelList) return listText(value)
  if (value instanceof CelMap) return mapText(value)
  if (typeof value === 'string') return quoted(value)
  if (value instanceof Uint8Array) return `b${quoted(stringClause(value))}`
  if (value instanceof Timestamp) return `timestamp(${quoted(timestampText(value))})`
  if (value instanceof Duration) return `duration(${quoted(durationText(value))})`
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return fixedText(value, defaultPrecision)
    return quoted(Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf')
  }
  const whole = wholeOf(value)
  if (whole !== undefined) return String(whole)
  if (value === null || typeof value === 'boolean' || value instanceof CelType) return stringClause(value)
  throw new FormatError(`error during formatting: no formatting function for ${typeName(value)}`)
}

const listText = (list: CelList): string => `[${[...list].map(nested).join(', ')}]`

const mapText = (map: CelMap): string => {
  const pairs: [string, string][] = []
  for (const key of map.keys()) {
    if (typeof key !== 'string' && typeof key !== 'boolean' && wholeOf(key) === undefined)
      throw new FormatError(`error during formatting: no formatting function for map key of type ${typeName(key)}`)
    pairs.push([nested(key), nested(map.find(key)!)])
  }
  pairs.sort(([a], [b]) => compareStrings(a, b))
  return `{${pairs.map(([key, value]) => `${key}:${value}`).join(', ')}}`
}
