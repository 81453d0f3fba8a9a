import { type FieldSet, isEmptySet, isMember } from './field-set.ts'
import type { FieldType, ListType, MapType } from './field-type.ts'
import { itemElement } from './item-element.ts'
import { isEmptyMap, kindOfValue, listIn, mapIn } from './kind-of-value.ts'
import { fieldElement } from './path-element.ts'

/** A value without the fields and items of a set; null where nothing is left of it. Shares parts. */
export const removeItems = (value: unknown, set: FieldSet, type: FieldType): unknown => {
  const kind = kindOfValue(type, value)
  if (kind === 'map') return removeFromMap(mapIn(value), set, type.map!)
  return kind === 'list' ? removeFromList(listIn(value), set, type.list!) : value
}

const removeFromMap = (map: Record<string, unknown> | undefined, set: FieldSet, type: MapType): unknown => {
  // An atomic one goes whole.
  if (isEmptyMap(map) || type.atomic) return null
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(map!)) {
    const named = type.byName.get(name)
    const node = set[named?.element ?? fieldElement(name)]
    if (node && isMember(node)) continue
    const of = named?.type ?? type.values
    const kept = node && of ? removeItems(value, node, of) : value
    if (kept !== undefined)
      Object.defineProperty(out, name, { value: kept, enumerable: true, writable: true, configurable: true })
  }
  return isEmptyMap(out) ? null : out
}

const removeFromList = (list: readonly unknown[] | undefined, set: FieldSet, type: ListType): unknown => {
  if (!list?.length || type.atomic) return null
  const out: unknown[] = []
  for (const item of list) {
    const node = set[itemElement(type, item)]
    if (node && isMember(node)) continue
    out.push(node && !isEmptySet(node) ? removeItems(item, node, type.items) : item)
  }
  return out.length > 0 ? out : null
}
