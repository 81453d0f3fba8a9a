import { isEmbedded } from '../../meta/structural/structural.ts'
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
} from '../type.ts'
import { escapeName } from './escape.ts'
import { additionalSchema, type CelSchema, keptWithSchema, withTypeAndMetadata } from './schema.ts'

/** What a schema declares to expressions, with what bounds its size. */
export interface DeclaredType {
  /** Of a scalar its type; the types of others are made of their parts. */
  readonly type: CelType | 'list' | 'map' | 'object'
  /** Of an object, by escaped names. */
  readonly fields?: ReadonlyMap<string, DeclaredType>
  /** Of a list or a map. */
  readonly element?: DeclaredType
  /** Characters, items or entries; 0 where that means nothing. */
  readonly maxElements: number
  /** In bytes of JSON. */
  readonly minSize: number
}

const requestBytes = 3 * 1024 * 1024
const longestText = requestBytes - 2

const simple = (type: CelType, minSize: number, maxElements = 0): DeclaredType => ({ type, minSize, maxElements })
/** A limit of 64 bits may be a bigint. */
const atLeastZero = (limit: number | bigint) => Math.max(0, Number(limit))
/** A character may take four bytes. */
const charactersOf = (maxLength: number | bigint) => atLeastZero(maxLength) * 4

const stringOf = ({ format, maxLength, enum: values = [] }: CelSchema): DeclaredType => {
  switch (format) {
    case 'byte':
      return simple(bytesType, 2, maxLength === undefined ? longestText : atLeastZero(maxLength))
    case 'duration':
      return simple(durationType, 3, 32)
    case 'date':
      return simple(timestampType, 12, 12)
    case 'date-time':
      return simple(timestampType, 21, 32)
  }
  if (maxLength !== undefined) return simple(stringType, 2, charactersOf(maxLength))
  const lengths = values.map((value) => (typeof value === 'string' ? Buffer.byteLength(value) : 0))
  return simple(stringType, 2, values.length ? Math.max(...lengths) : longestText)
}

const listType = (element: DeclaredType, maxElements: number): DeclaredType => ({
  type: 'list',
  element,
  maxElements,
  minSize: 2,
})

const mapType = (element: DeclaredType, maxElements: number): DeclaredType => ({
  type: 'map',
  element,
  maxElements,
  minSize: 2,
})

const objectOf = ({ properties = {}, required = [] }: CelSchema): DeclaredType => {
  const fields = new Map<string, DeclaredType>()
  let minSize = 2
  for (const [property, schema] of Object.entries(properties)) {
    const escaped = escapeName(property)
    const field = declaredType(schema, isEmbedded(schema))
    if (!field) continue
    if (escaped !== undefined) fields.set(escaped, field)
    if (required.includes(property) && schema.default === undefined) minSize += Buffer.byteLength(property) + field.minSize + 4
  }
  return { type: 'object', fields, maxElements: 0, minSize }
}

/** Undefined: expressions know nothing of such values. */
export const declaredType: (schema: CelSchema, isResource: boolean) => DeclaredType | undefined = keptWithSchema(
  (schema, isResource) => declare(schema, isResource),
)

const declare = (schema: CelSchema, isResource: boolean): DeclaredType | undefined => {
  if (schema['x-kubernetes-int-or-string'])
    return simple(dynType, 1, schema.maxLength === undefined ? longestText : charactersOf(schema.maxLength))
  const described = isResource ? withTypeAndMetadata(schema) : schema
  switch (described.type) {
    case 'array': {
      const { items, maxItems } = described
      const element = items && declaredType(items, isEmbedded(items))
      if (!element) return undefined
      return listType(element, maxItems === undefined ? Math.trunc(longestText / (element.minSize + 1)) : atLeastZero(maxItems))
    }
    case 'object': {
      const values = additionalSchema(described)
      if (!values) return objectOf(described)
      const element = declaredType(values, isEmbedded(values))
      if (!element) return undefined
      const most = Math.trunc(longestText / (element.minSize + 6))
      return mapType(element, described.maxProperties === undefined ? most : atLeastZero(described.maxProperties))
    }
    case 'string':
      return stringOf(described)
    case 'boolean':
      return simple(boolType, 4)
    case 'number':
      return simple(doubleType, 1)
    case 'integer':
      return simple(intType, 1)
  }
  return undefined
}

/** How many of a value fit into a request. */
export const mostInRequest = ({ minSize }: DeclaredType): bigint => BigInt(Math.trunc(requestBytes / (minSize + 1)))
