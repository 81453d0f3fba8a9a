import { jsonEqual } from '../../meta/json-equal.ts'
import { isEmbedded } from '../../meta/structural/structural.ts'
import { CelType } from '../type.ts'
import { equalValues, wrongArgument } from '../value/compare.ts'
import { parseDuration, parseTimestamp } from '../value/time.ts'
import { CelError, CelList, CelMap, type CelValue, Duration, OpaqueValue } from '../value/value.ts'
import { escapeName, unescapeName } from './escape.ts'
import { additionalSchema, type CelSchema, withTypeAndMetadata } from './schema.ts'

const goType = (value: unknown): string => {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  if (typeof value === 'bigint') return 'int64'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}'
}

const isWhole = (value: unknown): value is number | bigint => typeof value === 'bigint' || Number.isInteger(value)
const invalid = (expected: string) => new CelError(`invalid data, ${expected}`)

/** JSON as its schema says what it is. */
export const schemaValue = (value: unknown, schema: CelSchema): CelValue => {
  if (value === null || value === undefined)
    return schema.nullable ? null : new CelError('invalid data, got null for schema with nullable=false')
  if (schema['x-kubernetes-int-or-string']) {
    if (typeof value === 'string') return value
    return isWhole(value) ? BigInt(value) : invalid('expected XIntOrString value to be either a string or integer')
  }
  switch (schema.type) {
    case 'object':
      if (typeof value !== 'object' || Array.isArray(value))
        return invalid('expected a map for the provided schema with type=object')
      return new SchemaObject(
        value as Readonly<Record<string, unknown>>,
        isEmbedded(schema) ? withTypeAndMetadata(schema) : schema,
      )
    case 'array':
      return arrayValue(value, schema)
    case 'string':
      return typeof value === 'string' ? stringValue(value, schema) : invalid(`expected string, got ${goType(value)}`)
    case 'number':
      if (typeof value !== 'number' && typeof value !== 'bigint') return invalid(`expected float, got ${goType(value)}`)
      return Number(value)
    case 'integer':
      return isWhole(value) ? BigInt(value) : invalid(`expected int, got ${goType(value)}`)
    case 'boolean':
      return typeof value === 'boolean' ? value : invalid(`expected bool, got ${goType(value)}`)
  }
  if (schema['x-kubernetes-preserve-unknown-fields']) return new UnknownValue(value)
  return new CelError(
    `invalid type, expected object, array, number, integer, boolean or string, or no type with x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields is true, got ${schema.type ?? ''}`,
  )
}

const arrayValue = (value: unknown, { items, ...schema }: CelSchema): CelValue => {
  if (!Array.isArray(value)) return invalid('expected an array for the provided schema with type=array')
  if (!items) return new CelError('invalid array type, expected Items with a non-empty Schema')
  const type = schema['x-kubernetes-list-type'] ?? 'atomic'
  if (type === 'map') return new KeyedList(value, items, schema['x-kubernetes-list-map-keys'] ?? [])
  return type === 'set' ? new SetList(value, items) : new SchemaList(value, items)
}

const stringValue = (text: string, { format }: CelSchema): CelValue => {
  switch (format) {
    case 'duration':
      return durationInWords(text) ?? new CelError(`Invalid duration ${text}: unable to parse ${text} as duration`)
    case 'date':
      return readMoment(`${text}T00:00:00Z`, 'date', text)
    case 'date-time':
      return readMoment(text, 'date-time', text)
    case 'byte':
      return new Uint8Array(Buffer.from(text, 'base64'))
  }
  return text
}

const readMoment = (text: string, format: string, shown: string): CelValue =>
  parseTimestamp(text) ?? new CelError(`Invalid ${format} formatted string ${shown}: parsing time ${JSON.stringify(shown)}`)

const units: readonly (readonly [words: RegExp, nanos: bigint])[] = [
  [/^(?:ns|nano.*)$/, 1n],
  [/^(?:us|µs|micro.*)$/, 1000n],
  [/^(?:ms|milli.*)$/, 1_000_000n],
  [/^(?:s|sec.*)$/, 1_000_000_000n],
  [/^(?:m|min.*)$/, 60_000_000_000n],
  [/^(?:h|hr|hour.*)$/, 3600_000_000_000n],
  [/^(?:d|day.*)$/, 86_400_000_000_000n],
  [/^(?:w|wk|week.*)$/, 604_800_000_000_000n],
]

/** Also `3 days`. */
const durationInWords = (text: string): Duration | undefined => {
  const read = parseDuration(text)
  if (read) return read
  let nanos: bigint | undefined
  for (const [, count, word] of text.matchAll(/(\d+)\s*([A-Za-zµ]+)/g))
    for (const [words, unit] of units) if (words.test(word!.toLowerCase())) nanos = (nanos ?? 0n) + BigInt(count!) * unit
  return nanos === undefined ? undefined : new Duration(BigInt.asIntN(64, nanos))
}

const unknownType = new CelType('opaque', 'unknown')

/** What no schema describes: it can be compared, no more. */
class UnknownValue extends OpaqueValue {
  readonly type = unknownType
  readonly json: unknown
  constructor(json: unknown) {
    super()
    this.json = json
  }
  equals(other: CelValue): boolean {
    return other instanceof UnknownValue ? jsonEqual(this.json, other.json) : jsonEqual(this.json, jsonOf(other))
  }
}

/** What a value stands for in an object. */
const jsonOf = (value: CelValue): unknown => {
  if (value instanceof SchemaObject || value instanceof UnknownValue) return value.json
  if (value instanceof SchemaList) return value.json
  return typeof value === 'bigint' ? Number(value) : value
}

class SchemaObject extends CelMap {
  readonly json: Readonly<Record<string, unknown>>
  readonly #schema: CelSchema

  constructor(json: Readonly<Record<string, unknown>>, schema: CelSchema) {
    super()
    this.json = json
    this.#schema = schema
  }

  get size(): number {
    return Object.keys(this.json).length
  }

  #schemaOf(name: string): CelSchema | undefined {
    const { properties } = this.#schema
    if (properties) return Object.hasOwn(properties, name) ? properties[name] : undefined
    return additionalSchema(this.#schema)
  }

  find(key: CelValue): CelValue | undefined {
    if (typeof key !== 'string') return wrongArgument(key)
    const isObject = this.#schema.properties !== undefined
    const name = isObject ? unescapeName(key) : key
    if (name === undefined || !Object.hasOwn(this.json, name)) return undefined
    const schema = this.#schemaOf(name)
    if (!schema || (isObject && this.json[name] === null)) return undefined
    return schemaValue(this.json[name], schema)
  }

  *keys(): Iterable<CelValue> {
    const isObject = this.#schema.properties !== undefined
    for (const name of Object.keys(this.json)) if (this.#schemaOf(name)) yield isObject ? (escapeName(name) ?? name) : name
  }

  override equalTo(other: CelValue): boolean | CelError {
    if (!(other instanceof CelMap)) return wrongArgument(other)
    if (this.size !== other.size) return false
    for (const name of Object.keys(this.json)) {
      if (this.#schemaOf(name)) {
        const [mine, theirs] = [this.find(name), other.find(name)]
        if ((mine === undefined) !== (theirs === undefined)) return false
        const equal = mine === undefined ? true : equalValues(mine, theirs!)
        if (equal !== true) return equal
      } else {
        if (!(other instanceof SchemaObject)) return wrongArgument(other)
        if (Object.hasOwn(other.json, name) && !jsonEqual(this.json[name], other.json[name])) return false
      }
    }
    return true
  }
}

class SchemaList extends CelList {
  readonly json: readonly unknown[]
  protected readonly items: CelSchema

  constructor(json: readonly unknown[], items: CelSchema) {
    super()
    this.json = json
    this.items = items
  }

  get size(): number {
    return this.json.length
  }

  at(index: number): CelValue {
    return schemaValue(this.json[index], this.items)
  }

  override add(other: CelList): CelList | CelError {
    return new SchemaList([...this.json, ...jsonItems(other)], this.items)
  }

  override equalTo(other: CelValue): boolean | CelError {
    if (!(other instanceof CelList)) return wrongArgument(other)
    if (this.size !== other.size) return false
    for (let at = 0; at < this.size; at++) {
      const equal = equalValues(this.at(at), other.at(at))
      if (equal !== true) return equal
    }
    return true
  }

  override containing(value: CelValue): boolean | CelError {
    let failed: CelError | undefined
    for (let at = 0; at < this.size; at++) {
      const equal = equalValues(this.at(at), value)
      if (equal === true) return true
      if (equal instanceof CelError) failed ??= equal
    }
    return failed ?? false
  }
}

const jsonItems = (list: CelList): unknown[] => [...list].map(jsonOf)
const keyText = (value: unknown): string => JSON.stringify(value) ?? ''

/** No two items are the same, and their order means nothing. */
class SetList extends SchemaList {
  override add(other: CelList): CelList {
    const known = new Set(this.json.map(keyText))
    const more = jsonItems(other).filter((item) => !known.has(keyText(item)) && known.add(keyText(item)))
    return new SetList([...this.json, ...more], this.items)
  }
  override equalTo(other: CelValue): boolean | CelError {
    if (!(other instanceof CelList)) return wrongArgument(other)
    const known = new Set(this.json.map(keyText))
    return this.size === other.size && jsonItems(other).every((item) => known.has(keyText(item)))
  }
}

/** Items are known by their keys; one that comes later takes the place of one with the same. */
class KeyedList extends SchemaList {
  readonly #keys: readonly string[]
  constructor(json: readonly unknown[], items: CelSchema, keys: readonly string[]) {
    super(json, items)
    this.#keys = keys
  }
  #keyOf(item: unknown): string {
    const object = item as Readonly<Record<string, unknown>>
    return keyText(this.#keys.map((key) => object?.[escapeName(key) ?? key] ?? null))
  }
  override add(other: CelList): CelList {
    const items = new Map(this.json.map((item) => [this.#keyOf(item), item]))
    for (const item of jsonItems(other)) items.set(this.#keyOf(item), item)
    return new KeyedList([...items.values()], this.items, this.#keys)
  }
  override equalTo(other: CelValue): boolean | CelError {
    if (!(other instanceof CelList)) return wrongArgument(other)
    if (this.size !== other.size) return false
    const mine = new Map(this.json.map((item, index) => [this.#keyOf(item), index]))
    for (const item of other) {
      const index = mine.get(this.#keyOf(jsonOf(item)))
      if (index === undefined) return false
      const equal = equalValues(this.at(index), item)
      if (equal !== true) return equal
    }
    return true
  }
}
