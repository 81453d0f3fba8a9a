import { isJsonObject, setField } from '../json-value.ts'
import { somewhere } from './somewhere.ts'
import { additionalOf, propertyOf, type Structural } from './structural.ts'

/** Most schemas have few, and the rest of an object need not be walked. */
const hasDefaults = somewhere((schema) => schema.default !== undefined)

const isReplaced = (value: unknown, schema: Structural): boolean => value === null && !schema.nullable

/** Sets what a schema has for what is not there, or null where nothing may be null, in place. */
export const fillDefaults = (value: unknown, schema: Structural | undefined): void => {
  if (!schema || !hasDefaults(schema)) return
  if (Array.isArray(value)) fillItems(value, schema.items)
  else if (isJsonObject(value)) fillFields(value, schema)
}

const fillItems = (values: unknown[], schema: Structural | undefined): void => {
  if (!schema) return
  for (const [index, item] of values.entries()) {
    if (schema.default !== undefined && isReplaced(item, schema)) values[index] = structuredClone(schema.default)
    fillDefaults(values[index], schema)
  }
}

const fillFields = (object: Record<string, unknown>, schema: Structural): void => {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (field.default === undefined) continue
    if (!Object.hasOwn(object, name) || isReplaced(object[name], field)) setField(object, name, structuredClone(field.default))
  }
  const others = additionalOf(schema)
  for (const name of Object.keys(object)) {
    const field = propertyOf(schema, name)
    if (field) fillDefaults(object[name], field)
    else if (others) {
      if (others.default !== undefined && isReplaced(object[name], others))
        setField(object, name, structuredClone(others.default))
      fillDefaults(object[name], others)
    }
  }
}
