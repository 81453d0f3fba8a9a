import { type FieldError, forbiddenField, invalidValue, notSupported, requiredValue } from '../../../meta/field-error.ts'
import { itemSchemas, type JsonSchema } from '../json-schema.ts'

const listType = 'x-kubernetes-list-type'
const mapKeys = 'x-kubernetes-list-map-keys'
const mapType = 'x-kubernetes-map-type'

const typed = (path: string, type: string | undefined, { must, of }: { must: string; of: string }): FieldError[] => {
  if (type === must) return []
  const why = `must be ${must} if ${of} is specified`
  return [type ? invalidValue(`${path}.type`, type, why) : requiredValue(`${path}.type`, why)]
}

export const validateMapRules = (path: string, schema: JsonSchema): FieldError[] => {
  const kind = schema[mapType]
  if (kind === undefined) return []
  const known = ['atomic', 'granular']
  return [
    ...typed(path, schema.type, { must: 'object', of: mapType }),
    ...(known.includes(kind) ? [] : [notSupported(`${path}.${mapType}`, kind, known)]),
  ]
}

const single = (schema: JsonSchema): JsonSchema | undefined => (itemSchemas(schema) ? undefined : schema.items)

export const validateListRules = (
  path: string,
  schema: JsonSchema,
  { atomicSets, mapKeys: keysChecked }: { atomicSets: boolean; mapKeys: boolean },
): FieldError[] => {
  const kind = schema[listType]
  const keys = schema[mapKeys] ?? []
  const errors: FieldError[] = []
  const known = ['atomic', 'set', 'map']
  if (kind !== undefined && schema.type !== 'array') errors.push(...typed(path, schema.type, { must: 'array', of: listType }))
  else if (atomicSets) errors.push(...setItems(path, schema))
  if (kind !== undefined && !known.includes(kind)) errors.push(notSupported(`${path}.${listType}`, kind, known))
  if (keys.length > 0 && kind !== 'map') {
    const why = `must be map if ${mapKeys} is non-empty`
    errors.push(kind === undefined ? requiredValue(`${path}.${listType}`, why) : invalidValue(`${path}.${listType}`, kind, why))
  }
  if (kind === 'map') errors.push(...mapItems(path, schema, keys))
  return keysChecked ? [...errors, ...keyedItems(path, schema)] : errors
}

/** Items of a set are compared as a whole. */
export const setItems = (path: string, schema: JsonSchema): FieldError[] => {
  const item = single(schema)
  if (schema[listType] !== 'set' || !item) return []
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const kind = item[listType]
  if (item.type === 'array' && kind !== undefined && kind !== 'atomic') {
    return [invalidValue(`${path}.items.${listType}`, kind, why)]
  }
  // Upstream shows the type of the list here.
  if (item.type === 'object' && item[mapType] !== 'atomic') return [invalidValue(`${path}.items.${mapType}`, kind ?? null, why)]
  return []
}

const mapItems = (path: string, schema: JsonSchema, keys: readonly string[]): FieldError[] => {
  const errors: FieldError[] = []
  const item = single(schema)
  if (keys.length === 0) errors.push(requiredValue(`${path}.${mapKeys}`, `must not be empty if ${listType} is map`))
  if (!schema.items) errors.push(requiredValue(`${path}.items`, `must have a schema if ${listType} is map`))
  else if (!item) errors.push(invalidValue(`${path}.items`, schema.items, `must only have a single schema if ${listType} is map`))
  else if (item.type !== 'object') {
    errors.push(invalidValue(`${path}.items.type`, item.type ?? '', `must be object if parent array's ${listType} is map`))
  }
  if (item?.type !== 'object') return errors
  const seen = new Set<string>()
  for (const key of keys) {
    const { properties = {} } = item
    const field = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (!field) errors.push(invalidValue(`${path}.${mapKeys}`, keys, 'entries must all be names of item properties'))
    else if (field.type === 'array' || field.type === 'object') {
      const at = `${path}.items.properties[${key}].type`
      errors.push(invalidValue(at, item.type, `must be a scalar type if parent array's ${listType} is map`))
    }
    if (seen.has(key)) errors.push(invalidValue(`${path}.${mapKeys}`, keys, 'must not contain duplicate entries'))
    seen.add(key)
  }
  return errors
}

/** Whoever is known by its keys must have them. */
export const keyedItems = (path: string, schema: JsonSchema): FieldError[] => {
  const kind = schema[listType]
  const item = single(schema)
  if (!item || (kind !== 'set' && kind !== 'map')) return []
  const errors = item.nullable ? [forbiddenField(`${path}.items.nullable`, `cannot be nullable when ${listType} is ${kind}`)] : []
  for (const key of kind === 'map' ? (schema[mapKeys] ?? []) : []) {
    const { properties = {}, required = [] } = item
    const field = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (!field) continue
    const at = `${path}.items.properties[${key}]`
    if (!required.includes(key) && field.default === undefined) {
      const why = `this property is in ${mapKeys}, so it must have a default or be a required property`
      errors.push(requiredValue(`${at}.default`, why))
    }
    if (field.nullable) {
      errors.push(forbiddenField(`${at}.nullable`, `this property is in ${mapKeys}, so it cannot be nullable`))
    }
  }
  return errors
}
