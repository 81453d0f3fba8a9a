import { dynType, intType, listOf, stringType } from '../type.ts'
import { longestString, tooLarge } from '../value/limit.ts'
import { shown } from '../value/shown.ts'
import { lengthOf } from '../value/string.ts'
import { CelError, type CelList, type CelValue, ValueList } from '../value/value.ts'
import { declare, type FunctionDeclaration, method, overload } from './declaration.ts'
import { formatString } from './format-string.ts'

const outOfRange = (index: bigint) => new CelError(`index out of range: ${index}`)

const charAt = (text: string, index: bigint): CelValue => {
  const characters = [...text]
  return index < 0n || index > characters.length ? outOfRange(index) : (characters[Number(index)] ?? '')
}

/** UTF-16 units before the character at `index`. */
const unitsBefore = (text: string, index: bigint): number => {
  let units = 0
  for (let count = 0n; count < index; count++) units += text.codePointAt(units)! > 0xffff ? 2 : 1
  return units
}

const characterAt = (text: string, unit: number): CelValue => (unit < 0 ? -1n : BigInt(lengthOf(text.slice(0, unit))))

const indexOf = (text: string, part: string, offset = 0n): CelValue => {
  if (part === '') return offset
  if (offset < 0n) return outOfRange(offset)
  if (offset >= lengthOf(text)) return -1n
  return characterAt(text, text.indexOf(part, unitsBefore(text, offset)))
}

const lastIndexFrom = (text: string, part: string, offset: bigint): CelValue => {
  if (part === '') return offset
  if (offset < 0n) return outOfRange(offset)
  if (offset >= lengthOf(text)) return -1n
  return characterAt(text, text.lastIndexOf(part, unitsBefore(text, offset)))
}

const lastIndexOf = (text: string, part: string): CelValue => {
  const length = lengthOf(text)
  if (part === '') return BigInt(length)
  return Buffer.byteLength(text) < Buffer.byteLength(part) ? -1n : lastIndexFrom(text, part, BigInt(length - 1))
}

/** At most `limit` pieces; the last keeps the rest. Negative: all. */
const splitUpTo = (text: string, separator: string, limit: bigint): string[] => {
  if (limit === 0n) return []
  const parts = separator === '' ? [...text] : text.split(separator)
  if (limit < 0n || parts.length <= limit) return parts
  const whole = Number(limit) - 1
  return [...parts.slice(0, whole), parts.slice(whole).join(separator)]
}

const split = (text: string, separator: string, limit = -1n): CelValue => new ValueList(splitUpTo(text, separator, limit))

const bounded = (length: number): void => {
  if (length > longestString) tooLarge()
}

const replace = (text: string, old: string, by: string, limit = -1n): CelValue => {
  if (limit === 0n || old === by) return text
  // An empty text stands before each character and at the end.
  const parts = old === '' ? ['', ...text] : text.split(old)
  if (old === '') parts.push('')
  const most = limit < 0n ? parts.length : Number(limit) + 1
  bounded(text.length + Math.min(parts.length, most) * by.length)
  if (old !== '')
    return parts.length <= most ? parts.join(by) : [...parts.slice(0, most - 1), parts.slice(most - 1).join(old)].join(by)
  const characters = [...text]
  const count = limit < 0n ? characters.length + 1 : Math.min(Number(limit), characters.length + 1)
  return characters.map((one, at) => (at < count ? by + one : one)).join('') + (count > characters.length ? by : '')
}

const substring = (text: string, start: bigint, end?: bigint): CelValue => {
  const characters = [...text]
  if (end !== undefined && start > end) return new CelError(`invalid substring range. start: ${start}, end: ${end}`)
  if (start < 0n || start > characters.length) return outOfRange(start)
  if (end !== undefined && (end < 0n || end > characters.length)) return outOfRange(end)
  return characters.slice(Number(start), end === undefined ? undefined : Number(end)).join('')
}

const join = (list: CelList, separator = ''): CelValue => {
  const texts: string[] = []
  let length = 0
  for (const item of list) {
    if (typeof item !== 'string') return new CelError(`join: invalid input: ${shown(item)}`)
    texts.push(item)
    length += item.length + separator.length
    bounded(length)
  }
  return texts.join(separator)
}

const escapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
}

// What Go takes for space.
const space = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+'
const around = new RegExp(`^${space}|${space}$`, 'g')

/** Version 2 of cel-go's extension. */
export const strings: readonly FunctionDeclaration[] = [
  declare('charAt', [method('string_char_at_int', [stringType, intType], stringType, charAt)]),
  declare('indexOf', [
    method('string_index_of_string', [stringType, stringType], intType, indexOf),
    method('string_index_of_string_int', [stringType, stringType, intType], intType, indexOf),
  ]),
  declare('lastIndexOf', [
    method('string_last_index_of_string', [stringType, stringType], intType, lastIndexOf),
    method('string_last_index_of_string_int', [stringType, stringType, intType], intType, lastIndexFrom),
  ]),
  declare('lowerAscii', [
    method('string_lower_ascii', [stringType], stringType, (text: string) =>
      text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
    ),
  ]),
  declare('replace', [
    method('string_replace_string_string', [stringType, stringType, stringType], stringType, replace),
    method('string_replace_string_string_int', [stringType, stringType, stringType, intType], stringType, replace),
  ]),
  declare('split', [
    method('string_split_string', [stringType, stringType], listOf(stringType), split),
    method('string_split_string_int', [stringType, stringType, intType], listOf(stringType), split),
  ]),
  declare('substring', [
    method('string_substring_int', [stringType, intType], stringType, substring),
    method('string_substring_int_int', [stringType, intType, intType], stringType, substring),
  ]),
  declare('trim', [method('string_trim', [stringType], stringType, (text: string) => text.replace(around, ''))]),
  declare('upperAscii', [
    method('string_upper_ascii', [stringType], stringType, (text: string) =>
      text.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
    ),
  ]),
  declare('format', [method('string_format', [stringType, listOf(dynType)], stringType, formatString)]),
  declare('strings.quote', [
    overload(
      'strings_quote',
      [stringType],
      stringType,
      (text: string) => `"${[...text].map((one) => escapes[one] ?? one).join('')}"`,
    ),
  ]),
  declare('join', [
    method('list_join', [listOf(stringType)], stringType, join),
    method('list_join_string', [listOf(stringType), stringType], stringType, join),
  ]),
]
