import { duplicateValue, type FieldError, invalidValue } from '../../../meta/field-error.ts'
import { inNameOrder, isJsonObject } from '../../../meta/json-value.ts'
import { somewhere } from '../../../meta/structural/somewhere.ts'
import { propertyOf } from '../../../meta/structural/structural.ts'
import { additionalSchemaOf, type JsonSchema } from '../json-schema.ts'
import { child } from './embedded-validation.ts'

const listTypeOf = (schema: JsonSchema) => schema['x-kubernetes-list-type']
const hasUnique = somewhere((schema) => ['set', 'map'].includes(listTypeOf(schema as JsonSchema) ?? ''))

/** Sets hold each value once, and lists that are maps each key. */
export const validateUniqueItems = (path: string, value: unknown, schema: JsonSchema | undefined): FieldError[] => {
  if (!schema || !hasUnique(schema)) return []
  if (Array.isArray(value)) {
    const below = value.flatMap((item, index) => validateUniqueItems(`${path}[${index}]`, item, schema.items))
    return [...ofList(path, value, schema), ...below]
  }
  if (!isJsonObject(value)) return []
  const additional = additionalSchemaOf(schema)
  return Object.keys(value).flatMap((name) => {
    const field = propertyOf(schema, name) as JsonSchema | undefined
    if (field) return validateUniqueItems(child(path, name), value[name], field)
    return additional ? validateUniqueItems(`${path}[${name}]`, value[name], additional) : []
  })
}

const ofList = (path: string, values: readonly unknown[], schema: JsonSchema): FieldError[] => {
  const type = listTypeOf(schema)
  if (type === 'set') return repeated(values).map((index) => duplicateValue(`${path}[${index}]`, values[index]))
  if (type !== 'map') return []
  const wrong = values.findIndex((item) => item !== null && !isJsonObject(item))
  if (wrong >= 0) {
    return [invalidValue(`${path}[${wrong}]`, values[wrong], 'must be an object for an array of list-type map')]
  }
  const names = schema['x-kubernetes-list-map-keys'] ?? []
  const keys = values.map((item) => keyOf(item, names))
  return repeated(keys).map((index) => duplicateValue(`${path}[${index}]`, keys[index]))
}

const keyOf = (item: unknown, names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => (isJsonObject(item) && Object.hasOwn(item, name) ? [[name, item[name]]] : [])))

/** Where a value stands for the second time; a third is not told. */
const repeated = (values: readonly unknown[]): number[] => {
  const times = new Map<string, number>()
  return [...values.keys()].filter((index) => {
    const text = JSON.stringify(inNameOrder(values[index]))
    const seen = times.get(text) ?? 0
    times.set(text, seen + 1)
    return seen === 1
  })
}
