import type { StructDeclaration, StructTypes } from '../../../cel/cel.ts'
import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  durationType,
  dynType,
  intType,
  listOf,
  mapOf,
  stringType,
  structType,
  timestampType,
} from '../../../cel/type.ts'
import { additionalSchemaOf, type JsonSchema } from '../json-schema.ts'
import { escapeName } from './escape.ts'

export interface DeclaredType {
  readonly type: CelType
  readonly structs: StructTypes
}

const text: JsonSchema = { type: 'string' }
const metadata: JsonSchema = { type: 'object', properties: { name: text, generateName: text } }

/** What every object says of itself can always be named. */
export const asResource = (schema: JsonSchema): JsonSchema => ({
  ...schema,
  properties: { ...schema.properties, apiVersion: text, kind: text, metadata },
})

/** The type of what a schema describes; undefined: expressions can't name it. Fields that they can't name are left out. */
export const declaredType = (schema: JsonSchema, isResource: boolean): DeclaredType | undefined => {
  const structs = new Map<string, StructDeclaration>()
  const type = declare(schema, { path: 'selfType', isResource, structs })
  return type && { type, structs: { find: (name) => structs.get(name) } }
}

interface Declaring {
  readonly path: string
  readonly isResource: boolean
  readonly structs: Map<string, StructDeclaration>
}

const scalars: Readonly<Record<string, CelType>> = { boolean: boolType, number: doubleType, integer: intType }
const formats: Readonly<Record<string, CelType>> = {
  byte: bytesType,
  duration: durationType,
  date: timestampType,
  'date-time': timestampType,
}

const declare = (schema: JsonSchema, declaring: Declaring): CelType | undefined => {
  if (schema['x-kubernetes-int-or-string']) return dynType
  const { type = '', format = '' } = declaring.isResource ? { ...schema, type: 'object' } : schema
  if (type === 'string') return Object.hasOwn(formats, format) ? formats[format] : stringType
  if (type === 'array') {
    const item = schema.items && declare(schema.items, below(declaring, '@idx', schema.items))
    return item && listOf(item)
  }
  if (type === 'object') return declareObject(declaring.isResource ? asResource(schema) : schema, declaring)
  return Object.hasOwn(scalars, type) ? scalars[type] : undefined
}

const below = ({ path, structs }: Declaring, name: string, schema: JsonSchema): Declaring => ({
  path: `${path}.${name}`,
  isResource: schema['x-kubernetes-embedded-resource'] === true,
  structs,
})

const declareObject = (schema: JsonSchema, declaring: Declaring): CelType | undefined => {
  const additional = additionalSchemaOf(schema)
  if (additional) {
    const value = declare(additional, below(declaring, '@elem', additional))
    return value && mapOf(stringType, value)
  }
  const type = structType(declaring.path)
  const fields = new Map<string, CelType>()
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const escaped = escapeName(name)
    const fieldType = escaped === undefined ? undefined : declare(field, below(declaring, name, field))
    if (escaped !== undefined && fieldType) fields.set(escaped, fieldType)
  }
  declaring.structs.set(declaring.path, { type, fields })
  return type
}
