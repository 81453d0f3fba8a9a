import type { Schema, SchemaTable } from '../schema.ts'
import { compareText, fieldElement } from './path-element.ts'

/** What a value may be; of a built-in type usually one of the three. */
export interface FieldType {
  readonly scalar: ScalarType | undefined
  readonly list: ListType | undefined
  readonly map: MapType | undefined
}

export type ScalarType = 'numeric' | 'string' | 'boolean' | 'untyped'

export interface ListType {
  /** owned whole; else each item by its keys or, where there are none, by its value */
  readonly atomic: boolean
  /** in order */
  readonly keys: readonly string[]
  /** what a key that is not there counts as */
  readonly keyDefaults: Readonly<Record<string, unknown>>
  readonly items: FieldType
}

export interface MapType {
  readonly atomic: boolean
  readonly byName: ReadonlyMap<string, NamedField>
  /** of keys that are no named fields; undefined: there may be none */
  readonly values: FieldType | undefined
}

export interface NamedField {
  readonly name: string
  /** `f:` and the name */
  readonly element: string
  /** its place among those of its struct */
  readonly order: number
  readonly type: FieldType
}

const anything: FieldType = (() => {
  const type = { scalar: 'untyped' as const, list: undefined, map: undefined } as {
    scalar: ScalarType
    list: ListType | undefined
    map: MapType | undefined
  }
  type.list = { atomic: true, keys: [], keyDefaults: {}, items: type }
  type.map = { atomic: true, byName: new Map(), values: type }
  return type
})()

/** Of no known structure, with maps owned by their keys. */
const deduced: FieldType = (() => {
  const type = { scalar: 'untyped' as const, list: anything.list, map: undefined as MapType | undefined }
  type.map = { atomic: false, byName: new Map(), values: type }
  return type
})()

const scalarOf = (scalar: ScalarType): FieldType => ({ scalar, list: undefined, map: undefined })
const scalars = {
  numeric: scalarOf('numeric'),
  string: scalarOf('string'),
  boolean: scalarOf('boolean'),
  untyped: scalarOf('untyped'),
}

/** What of our formats stands for a type of its own. */
const formats: Readonly<Record<string, FieldType>> = {
  quantity: scalars.untyped,
  'int-or-string': { scalar: 'untyped', list: anything.list, map: deduced.map },
  'date-time': scalars.untyped,
  'micro-time': scalars.untyped,
  'raw-extension': anything,
  'fields-v1': { scalar: undefined, list: undefined, map: deduced.map },
  json: { scalar: 'untyped', list: anything.list, map: deduced.map },
}

const tables = new WeakMap<SchemaTable, Map<string, FieldType>>()

/** The type of a table by its name, made once. */
export const fieldTypeOf = (name: string, schemas: SchemaTable): FieldType => {
  let types = tables.get(schemas)
  if (!types) {
    types = new Map()
    tables.set(schemas, types)
  }
  return named(name, undefined, { schemas, types })
}

interface Making {
  readonly schemas: SchemaTable
  readonly types: Map<string, FieldType>
}

const named = (name: string, mapType: Schema['mapType'], making: Making): FieldType => {
  const key = mapType ? `${name}:${mapType}` : name
  const known = making.types.get(key)
  if (known) return known
  const schema = making.schemas[name]
  if (!schema) throw new Error(`no schema of ${name}`)
  // Before its fields: a type may contain itself.
  const type = {} as { -readonly [K in keyof FieldType]: FieldType[K] }
  making.types.set(key, type)
  return Object.assign(type, inlined(mapType ? { ...schema, mapType } : schema, making))
}

const inlined = (schema: Schema, making: Making): FieldType => {
  const { ref, type, format, items, mapType } = schema
  if (ref !== undefined) return named(ref, mapType, making)
  if (format !== undefined && Object.hasOwn(formats, format)) return formats[format]!
  if (type === 'array') return { scalar: undefined, list: listOf(schema, making, items), map: undefined }
  if (type === 'object') return { scalar: undefined, list: undefined, map: mapOf(schema, making) }
  if (type === 'integer' || type === 'number') return scalars.numeric
  return type === 'string' || type === 'boolean' ? scalars[type] : deduced
}

const listOf = (schema: Schema, making: Making, items: Schema | undefined): ListType => {
  const keys = [...keysOf(schema)].sort(compareText)
  return {
    atomic: schema.listType === undefined ? !schema.patchStrategy?.includes('merge') : schema.listType === 'atomic',
    keys,
    keyDefaults: keyDefaults(keys, items?.ref === undefined ? items : making.schemas[items.ref]),
    items: items ? inlined(items, making) : anything,
  }
}

const keysOf = ({ listType, listMapKeys, patchStrategy, patchMergeKey }: Schema): readonly string[] => {
  if (listType !== undefined) return listType === 'map' ? (listMapKeys ?? []) : []
  return patchStrategy?.includes('merge') && patchMergeKey !== undefined ? [patchMergeKey] : []
}

/** Those that OpenAPI tells of: what is always written, and the one default of a key that says something. */
const keyDefaults = (keys: readonly string[], schema: Schema | undefined): Record<string, unknown> =>
  Object.fromEntries(
    keys.flatMap((key) => {
      const said = schema?.keyDefaults?.[key]
      if (said !== undefined) return [[key, said]]
      const zero = schema?.zeros?.[key]
      return zero === undefined || zero === null ? [] : [[key, zero]]
    }),
  )

const mapOf = ({ properties, additionalProperties, mapType, preserveUnknownFields }: Schema, making: Making): MapType => {
  const fields = Object.entries(properties ?? {})
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, field], order): NamedField => ({ name, element: fieldElement(name), order, type: inlined(field, making) }))
  const open = preserveUnknownFields || fields.length === 0
  return {
    atomic: mapType === 'atomic',
    byName: new Map(fields.map((field) => [field.name, field])),
    values: additionalProperties ? inlined(additionalProperties, making) : open ? deduced : undefined,
  }
}
