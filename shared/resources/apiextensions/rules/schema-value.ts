import { toCelValue } from '../../../cel/value/json.ts'
import { parseDuration, parseTimestamp } from '../../../cel/value/time.ts'
import { CelList, CelMap, type CelValue } from '../../../cel/value/value.ts'
import { isJsonObject, type JsonObject } from '../../../meta/json-value.ts'
import { propertyOf } from '../../../meta/structural/structural.ts'
import { additionalSchemaOf, type JsonSchema } from '../json-schema.ts'
import { asResource } from './declared-type.ts'
import { escapeName } from './escape.ts'

/** A value as an expression sees it: by its schema a text may be a time, and a whole number a float. */
export const schemaValue = (value: unknown, schema: JsonSchema | undefined, isResource = false): CelValue => {
  if (value === null || value === undefined) return null
  if (!schema) return toCelValue(value)
  if (Array.isArray(value)) return new SchemaList(value, schema.items)
  if (isJsonObject(value)) return objectValue(value, isResource ? asResource(schema) : schema)
  if (typeof value === 'string') return textValue(value, schema)
  if (typeof value === 'number') return schema.type === 'number' || !Number.isInteger(value) ? value : BigInt(value)
  return toCelValue(value)
}

const textValue = (text: string, { format }: JsonSchema): CelValue => {
  if (format === 'byte') return new Uint8Array(Buffer.from(text, 'base64'))
  if (format === 'duration') return parseDuration(text) ?? text
  if (format === 'date-time') return parseTimestamp(text) ?? text
  return format === 'date' ? (parseTimestamp(`${text}T00:00:00Z`) ?? text) : text
}

const objectValue = (object: JsonObject, schema: JsonSchema): CelValue => {
  const additional = additionalSchemaOf(schema)
  if (additional) return new SchemaMap(object, () => additional)
  if (schema['x-kubernetes-preserve-unknown-fields'] && !schema.properties) return toCelValue(object)
  return new SchemaStruct(object, schema)
}

const isEmbedded = (schema: JsonSchema | undefined) => schema?.['x-kubernetes-embedded-resource'] === true

class SchemaList extends CelList {
  readonly #items: readonly unknown[]
  readonly #schema: JsonSchema | undefined
  constructor(items: readonly unknown[], schema: JsonSchema | undefined) {
    super()
    this.#items = items
    this.#schema = schema
  }
  get size(): number {
    return this.#items.length
  }
  at(index: number): CelValue {
    return schemaValue(this.#items[index], this.#schema, isEmbedded(this.#schema))
  }
}

class SchemaMap extends CelMap {
  readonly #object: JsonObject
  readonly #schemaOf: (name: string) => JsonSchema | undefined
  constructor(object: JsonObject, schemaOf: (name: string) => JsonSchema | undefined) {
    super()
    this.#object = object
    this.#schemaOf = schemaOf
  }
  get size(): number {
    return Object.keys(this.#object).length
  }
  find(key: CelValue): CelValue | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.#object, key)) return undefined
    const schema = this.#schemaOf(key)
    return schemaValue(this.#object[key], schema, isEmbedded(schema))
  }
  keys(): Iterable<CelValue> {
    return Object.keys(this.#object)
  }
}

/** Of fields by the names that expressions have for them. */
class SchemaStruct extends SchemaMap {
  constructor(object: JsonObject, schema: JsonSchema) {
    const byEscaped = new Map<string, string>()
    for (const name of Object.keys(object)) {
      const escaped = escapeName(name)
      if (escaped !== undefined && propertyOf(schema, name)) byEscaped.set(escaped, name)
    }
    const fields = Object.fromEntries([...byEscaped].map(([escaped, name]) => [escaped, object[name]]))
    super(fields, (escaped) => propertyOf(schema, byEscaped.get(escaped) ?? '') as JsonSchema | undefined)
  }
}
