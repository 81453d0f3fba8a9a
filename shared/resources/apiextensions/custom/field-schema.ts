import type { Schema } from '../../../meta/schema.ts'
import { objectMeta } from '../../../meta/structural/embedded.ts'
import { isEmbedded, preservesUnknown, type Structural } from '../../../meta/structural/structural.ts'
import type { JsonSchema } from '../json-schema.ts'

const text: Schema = { type: 'string' }
const typeMeta = { apiVersion: text, kind: text, metadata: { ref: objectMeta } }

/** The type of a custom kind: by `structure` its objects are read, by the rest their fields are owned. */
export const kindSchema = (schema: JsonSchema | undefined): Schema => {
  if (!schema) return { type: 'object', properties: typeMeta, preserveUnknownFields: true, structure: anything }
  const { properties, ...others } = fieldSchema(schema, false)
  return { ...others, type: 'object', properties: { ...properties, ...typeMeta }, structure: schema as Structural }
}

const anything: Structural = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

/**
 * User formats mean nothing here: ours are other things by the same names. `around`: whether what stands around it keeps what it does not know; to
 * who asks who owns what that goes for all below.
 */
const fieldSchema = (schema: JsonSchema, around: boolean): Schema => {
  const keeps = around || preservesUnknown(schema as Structural)
  if (schema['x-kubernetes-int-or-string']) return { format: 'int-or-string' }
  const { type, format } = schema
  // Whatever a text of a format is, who owns it sees a scalar.
  if (type === 'string' && format && format !== 'byte') return { type, format: 'date-time' }
  if (type === 'array') return listSchema(schema, keeps)
  if (type === 'object' || (!type && schema.properties)) return mapSchema(schema, keeps)
  if (type === 'string' || type === 'boolean' || type === 'integer' || type === 'number') return { type }
  return { format: 'json', preserveUnknownFields: true }
}

const listSchema = (schema: JsonSchema, keeps: boolean): Schema => {
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const items = schema.items && fieldSchema(schema.items, keeps)
  const defaults = keys.flatMap((key) => {
    const value = schema.items?.properties?.[key]?.default
    return value === undefined ? [] : [[key, value]]
  })
  return {
    type: 'array',
    listType: (schema['x-kubernetes-list-type'] ?? 'atomic') as Schema['listType'],
    listMapKeys: keys,
    items: items && defaults.length > 0 ? { ...items, keyDefaults: Object.fromEntries(defaults) } : items,
  }
}

const mapSchema = (schema: JsonSchema, keeps: boolean): Schema => {
  const { properties, additionalProperties } = schema
  const embedded = isEmbedded(schema as Structural)
  return {
    type: 'object',
    mapType: schema['x-kubernetes-map-type'] as Schema['mapType'],
    properties: {
      ...Object.fromEntries(Object.entries(properties ?? {}).map(([name, field]) => [name, fieldSchema(field, keeps)])),
      ...(embedded ? typeMeta : {}),
    },
    additionalProperties: typeof additionalProperties === 'object' ? fieldSchema(additionalProperties, keeps) : undefined,
    preserveUnknownFields: keeps || additionalProperties === true || undefined,
  }
}
