import { jsonTypeOf } from '../json-value.ts'
import { canonicalQuantity, QuantityError } from '../quantity.ts'
import type { Schema, SchemaTable } from '../schema.ts'
import { DecodeError } from './json.ts'
import { canonicalBase64, canonicalTime } from './scalar.ts'

/**
 * Makes a parsed value an object of its type, in place, as decoding into a Go struct would: unknown fields and nulls go, empty lists
 * and maps too unless they are required, and zeros where Go leaves them out; quantities and times get their canonical text. Answers the object and the unknown fields' paths (at
 * most 100). Throws DecodeError when a value is of the wrong type. `converted`: errors are told as Go does that has read the value before, and now converts
 * it field by field.
 */
export const conform = (
  value: unknown,
  typeName: string,
  { schemas, converted = false }: { schemas: SchemaTable; converted?: boolean | undefined },
): { object: unknown; unknownFields: string[] } => {
  const walk = new Walk(schemas, converted)
  const object = walk.value(value, { ref: typeName })
  if (walk.firstError) throw walk.firstError
  return { object, unknownFields: walk.unknownFields }
}

const emptySchema: Schema = {}

class Walk {
  /** Go reads on after a value of the wrong type; what a type that reads itself finds wrong goes before it. */
  firstError: DecodeError | undefined
  readonly unknownFields: string[] = []
  readonly #schemas: SchemaTable
  /** fields, and map keys and indices as `.key` and `[0]` */
  readonly #path: string[] = []
  /** types of the structs that the path leads through */
  readonly #structs: string[] = []

  readonly #converted: boolean

  constructor(schemas: SchemaTable, converted: boolean) {
    this.#schemas = schemas
    this.#converted = converted
  }

  value(value: unknown, schema: Schema): unknown {
    if (schema.ref !== undefined) return this.#struct(value, schema.ref)
    if (schema.holds) return this.#held(value, schema.holds)
    if (schema.preserveUnknownFields) return value
    if (schema.type === 'array') return this.#array(value, schema)
    if (schema.type === 'object') return this.#map(value, schema)
    return this.#scalar(value, schema)
  }

  /** Types that read themselves tell of no unknown fields. */
  #held(value: unknown, { ref, or }: NonNullable<Schema['holds']>): unknown {
    const { length } = this.unknownFields
    const found = this.#heldOf(value, { ref, or })
    this.unknownFields.length = length
    return found
  }

  #heldOf(value: unknown, { ref, or }: NonNullable<Schema['holds']>): unknown {
    if (isObject(value)) return this.value(value, { ref })
    if (or === 'boolean') {
      if (typeof value !== 'boolean') this.firstError ??= new DecodeError('boolean or JSON schema expected')
      return value
    }
    if (!Array.isArray(value)) return {}
    return this.value(value, { type: 'array', items: or === 'list' ? { ref } : { type: 'string' } })
  }

  #struct(value: unknown, typeName: string): unknown {
    const schema = this.#schemas[typeName]
    if (!schema) throw new Error(`no schema of ${typeName}`)
    if (schema.properties === undefined) return this.value(value, schema)
    if (!isObject(value)) return this.#wrong(value, goName(typeName))
    this.#structs.push(typeName)
    this.#fields(value, schema)
    this.#structs.pop()
    return value
  }

  #fields(object: Record<string, unknown>, { properties = {}, required, omitEmpty, emptyCounts }: Schema) {
    for (const name of Object.keys(object)) {
      const field = Object.hasOwn(properties, name) ? properties[name] : undefined
      if (field === undefined) {
        if (this.unknownFields.length < 100) this.unknownFields.push(this.#strictPath(name))
        delete object[name]
        continue
      }
      const before = object[name]
      if (before === null) {
        delete object[name]
        continue
      }
      this.#path.push(name)
      const after = this.value(before, field)
      this.#path.pop()
      const dropped = isEmptyCollection(after, field)
        ? !required?.includes(name) && !emptyCounts?.includes(name) && !this.#resetsManagers(name)
        : (isZero(after) && omitEmpty?.includes(name)) || (after === '' && field.format === 'byte' && !required?.includes(name))
      if (dropped) delete object[name]
      else if (after !== before) object[name] = after
    }
  }

  /** An empty list of managers says something else than none. */
  #resetsManagers(name: string): boolean {
    return name === 'managedFields' && this.#path.length === 1 && this.#path[0] === 'metadata'
  }

  #array(value: unknown, schema: Schema): unknown {
    if (!Array.isArray(value)) return this.#wrong(value, this.#goType(schema))
    const items = schema.items ?? emptySchema
    for (let index = 0; index < value.length; index++) {
      this.#path.push(`[${index}]`)
      value[index] = this.value(value[index] ?? zeroOf(items), items)
      this.#path.pop()
    }
    return value
  }

  #map(value: unknown, schema: Schema): unknown {
    if (schema.properties !== undefined) {
      if (!isObject(value)) return this.#wrong(value, 'struct {}')
      this.#fields(value, schema)
      return value
    }
    if (!isObject(value)) return this.#wrong(value, this.#goType(schema))
    const values = schema.additionalProperties ?? emptySchema
    for (const key of Object.keys(value)) {
      this.#path.push(`.${key}`)
      const before = value[key] ?? zeroOf(values)
      const after = this.value(before, values)
      this.#path.pop()
      if (after !== value[key]) value[key] = after
    }
    return value
  }

  #scalar(value: unknown, schema: Schema): unknown {
    const { type, format } = schema
    if (format !== undefined && Object.hasOwn(formats, format))
      return formats[format]!(value, (goType, what) => this.#mismatch(value, goType, { what, alone: this.#converted }))
    if (type === 'string') {
      if (format === 'byte' && isBytes(value)) return Buffer.from(value).toString('base64')
      if (typeof value !== 'string') return this.#wrong(value, 'string')
      return format === 'byte' ? this.#bytes(value) : value
    }
    if (type === 'boolean') return typeof value === 'boolean' ? value : this.#wrong(value, 'bool')
    if (type === 'integer') {
      const goType = format ?? 'int64'
      if (typeof value !== 'number' && typeof value !== 'bigint') return this.#wrong(value, goType)
      return isInteger(value, goType === 'int32' ? 32 : 64) ? value : this.#wrong(value, goType, `number ${value}`)
    }
    if (type === 'number' && typeof value === 'bigint') return Number(value)
    return type !== 'number' || typeof value === 'number' ? value : this.#wrong(value, 'float64')
  }

  #bytes(value: string): string {
    try {
      return canonicalBase64(value)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.firstError ??= this.#converted ? new DecodeError(`error decoding from json: ${error.message}`) : error
      return value
    }
  }

  #wrong(value: unknown, goType: string, what?: string): unknown {
    this.firstError ??=
      this.#converted && typeof value === 'number'
        ? new DecodeError(`cannot convert ${Number.isInteger(value) ? 'int64' : 'float64'} to ${goType}`)
        : this.#mismatch(value, goType, { what })
    return value
  }

  /** `alone`: Go reads the value without what it stands in */
  #mismatch(
    value: unknown,
    goType: string,
    { what = jsonTypeOf(value), alone = false }: { what?: string | undefined; alone?: boolean },
  ): DecodeError {
    if (alone) return new DecodeError(`json: cannot unmarshal ${what} into Go value of type ${goType}`)
    const struct = this.#structs.at(-1)
    const field = this.#path.filter((name) => !/^[.[]/.test(name)).join('.')
    const into = struct === undefined || field === '' ? 'Go value' : `Go struct field ${struct.split('.').at(-1)}.${field}`
    return new DecodeError(`json: cannot unmarshal ${what} into ${into} of type ${goType}`)
  }

  #goType(schema: Schema): string {
    if (schema.ref !== undefined) return goName(schema.ref)
    if (schema.format === 'quantity') return 'resource.Quantity'
    if (schema.format === 'byte') return '[]uint8'
    if (schema.type === 'array') return `[]${this.#goType(schema.items ?? emptySchema)}`
    if (schema.additionalProperties?.format === 'quantity') return 'v1.ResourceList'
    if (schema.type === 'object') return `map[string]${this.#goType(schema.additionalProperties ?? emptySchema)}`
    if (schema.type === 'integer') return schema.format ?? 'int64'
    return schema.type === 'boolean' ? 'bool' : (schema.type ?? 'interface {}')
  }

  #strictPath(name: string): string {
    const path = [...this.#path, name].map((part) => (/^[.[]/.test(part) ? part : `.${part}`)).join('')
    return path.replace(/^\./, '')
  }
}

/** A list of numbers is bytes too. */
const isBytes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => Number.isInteger(item) && item >= 0 && item <= 255)

type Mismatch = (goType: string, what?: string) => DecodeError

/** Formats whose Go types read themselves. */
const formats: Readonly<Record<string, (value: unknown, mismatch: Mismatch) => unknown>> = {
  quantity: (value) => {
    try {
      return canonicalQuantity(
        typeof value === 'bigint' ? String(value) : typeof value === 'number' || typeof value === 'string' ? value : 'invalid',
      )
    } catch (error) {
      if (error instanceof QuantityError) throw new DecodeError(error.message, { cause: error })
      throw error
    }
  },
  'int-or-string': (value, mismatch) => {
    if (typeof value === 'string') return value
    if (typeof value !== 'number' && typeof value !== 'bigint') throw mismatch('int32')
    if (!isInteger(value, 32)) throw mismatch('int32', `number ${value}`)
    return value
  },
  'date-time': (value, mismatch) => {
    if (typeof value !== 'string') throw mismatch('string')
    return canonicalTime(value, 0)
  },
  'micro-time': (value, mismatch) => {
    if (typeof value !== 'string') throw mismatch('string')
    return canonicalTime(value, 6)
  },
}

/** A number that is no safe integer had a fraction or an exponent, which Go takes for no integer at all. */
const isInteger = (value: number | bigint, bits: 32 | 64) =>
  (typeof value === 'bigint' || Number.isSafeInteger(value)) && value >= -(2 ** (bits - 1)) && value < 2 ** (bits - 1)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `io.k8s.api.core.v1.PodSpec` → `v1.PodSpec` */
const goName = (typeName: string) => typeName.split('.').slice(-2).join('.')

const isZero = (value: unknown) => value === '' || value === 0 || value === false

const isEmptyCollection = (value: unknown, schema: Schema): boolean => {
  if (schema.type === 'array') return (value as unknown[]).length === 0
  return schema.additionalProperties !== undefined && Object.keys(value as object).length === 0
}

/** What a null in a list or map becomes. */
const zeroOf = (schema: Schema): unknown => {
  if (schema.format === 'quantity') return '0'
  if (schema.format === 'date-time' || schema.format === 'micro-time') return null
  if (schema.type === 'string') return ''
  if (schema.type === 'boolean') return false
  if (schema.type === 'integer' || schema.type === 'number' || schema.format === 'int-or-string') return 0
  return schema.type === 'array' ? [] : schema.preserveUnknownFields ? null : {}
}
