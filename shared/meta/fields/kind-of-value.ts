import { isJsonObject } from '../json-value.ts'
import type { FieldType } from './field-type.ts'

export type ValueKind = 'map' | 'scalar' | 'list'

/** Which of a type's kinds a value is taken for: its own where the type allows it, else the type's first. Undefined: the type has none. */
export const kindOfValue = (type: FieldType, value: unknown): ValueKind | undefined => {
  if (value !== undefined && value !== null) {
    if (Array.isArray(value)) {
      if (type.list) return 'list'
    } else if (typeof value === 'object') {
      if (type.map) return 'map'
    } else if (type.scalar) return 'scalar'
  }
  return type.map ? 'map' : type.scalar ? 'scalar' : type.list ? 'list' : undefined
}

export const mapIn = (value: unknown): Record<string, unknown> | undefined => (isJsonObject(value) ? value : undefined)
export const listIn = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined)

export const isEmptyMap = (map: Record<string, unknown> | undefined): boolean => {
  for (const key in map) if (map[key] !== undefined) return false
  return true
}
