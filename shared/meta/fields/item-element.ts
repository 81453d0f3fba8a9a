import { isJsonObject } from '../json-value.ts'
import type { ListType } from './field-type.ts'
import { goJson, keyElement, valueElement } from './path-element.ts'

/** What is wrong with an object, in upstream's words; the path is where. */
export class FieldTypeError extends Error {}

/** How an item of a list that is not atomic is known. Throws FieldTypeError. */
export const itemElement = (list: ListType, item: unknown): string => {
  if (list.keys.length === 0) return setItemElement(item)
  if (item === null) throw new FieldTypeError('associative list with keys may not have a null element')
  if (!isJsonObject(item)) throw new FieldTypeError('associative list with keys may not have non-map elements')
  const key = list.keys[0]!
  const value = item[key]
  // The usual one is made without a list of lists.
  if (list.keys.length === 1 && typeof value === 'string') return `k:{"${key}":${goJson(value)}}`
  const fields: [string, unknown][] = []
  for (const name of list.keys) {
    const found = item[name] ?? list.keyDefaults[name]
    if (found !== undefined) fields.push([name, found])
  }
  if (fields.length > 0) return keyElement(fields)
  const names = list.keys.map((name) => JSON.stringify(name)).join(' ')
  throw new FieldTypeError(
    `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
  )
}

const setItemElement = (item: unknown): string => {
  if (item === null) throw new FieldTypeError("associative list without keys has an element that's an explicit null")
  if (Array.isArray(item)) throw new FieldTypeError('not supported: associative list with lists as elements')
  if (typeof item === 'object') throw new FieldTypeError("associative list without keys has an element that's a map type")
  return valueElement(item)
}

/** The items of a list by what each is known by, in the list's order; more than one where they repeat. */
export const itemsByElement = (list: ListType, items: readonly unknown[]): Map<string, unknown[]> => {
  const found = new Map<string, unknown[]>()
  for (const item of items) {
    const element = itemElement(list, item)
    const known = found.get(element)
    if (known) known.push(item)
    else found.set(element, [item])
  }
  return found
}
