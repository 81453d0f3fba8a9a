import { isJsonObject, sameJson } from '../../../meta/json-value.ts'
import { additionalOf, propertyOf } from '../../../meta/structural/structural.ts'
import type { JsonSchema } from '../json-schema.ts'

/** What a value was before an update, where its schema says which was which: what has not changed is not held against who changes something else. */
export interface Correlation {
  readonly schema: JsonSchema
  readonly value: unknown
  readonly old: unknown
}

/** Undefined: nobody can tell what stood there. */
export const correlatedField = ({ schema, value, old }: Correlation, name: string): Correlation | undefined => {
  if (!isJsonObject(value) || !isJsonObject(old) || !Object.hasOwn(value, name) || !Object.hasOwn(old, name)) return undefined
  const field = (propertyOf(schema, name) ?? additionalOf(schema)) as JsonSchema | undefined
  return field && { schema: field, value: value[name], old: old[name] }
}

/** Items of a list are only known by their keys. */
export const correlatedItem = ({ schema, value, old }: Correlation, index: number): Correlation | undefined => {
  const { items } = schema
  if (schema['x-kubernetes-list-type'] !== 'map' || !items || !Array.isArray(value) || !Array.isArray(old)) return undefined
  const item: unknown = value[index]
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const found = old.find((one) => isJsonObject(one) && isJsonObject(item) && keys.every((key) => sameKey(one[key], item[key])))
  return found === undefined ? undefined : { schema: items, value: item, old: found }
}

const sameKey = (a: unknown, b: unknown) => a !== undefined && sameJson(a, b)

/** What is in a list by its keys may have changed its place. */
export const isUnchanged = (correlation: Correlation): boolean => {
  const { schema, value, old } = correlation
  if (Array.isArray(value) && Array.isArray(old)) {
    if (value.length !== old.length) return false
    if (schema['x-kubernetes-list-type'] !== 'map') return sameJson(value, old)
    return value.every((_, index) => holds(correlatedItem(correlation, index)))
  }
  if (isJsonObject(value) && isJsonObject(old)) {
    const names = Object.keys(value)
    return names.length === Object.keys(old).length && names.every((name) => holds(correlatedField(correlation, name)))
  }
  return sameJson(value, old)
}

const holds = (correlation: Correlation | undefined): boolean => correlation !== undefined && isUnchanged(correlation)
