import { emptySet, type FieldSet, isEmptySet, leaf } from './field-set.ts'
import type { FieldType, ListType, MapType } from './field-type.ts'
import { itemsByElement } from './item-element.ts'
import { isEmptyMap, kindOfValue, listIn, mapIn } from './kind-of-value.ts'
import { compareText, fieldElement, inOrder } from './path-element.ts'

type Node = Record<string, FieldSet>

/** Every leaf and item that an object names, not what is between: what its applier owns. Throws FieldTypeError. */
export const toFieldSet = (object: unknown, type: FieldType): FieldSet => nodeOf(object, type) ?? emptySet

/** Undefined: nothing below it. */
const nodeOf = (value: unknown, type: FieldType): FieldSet | undefined => {
  const kind = kindOfValue(type, value)
  if (kind === 'map' && !type.map!.atomic) return nodeOfMap(mapIn(value), type.map!)
  if (kind === 'list' && !type.list!.atomic) return nodeOfList(listIn(value), type.list!)
  return leaf
}

const nodeOfMap = (map: Record<string, unknown> | undefined, type: MapType): FieldSet | undefined => {
  const out: Node = {}
  for (const name of Object.keys(map ?? {}).sort(compareText)) {
    const value = map![name]
    if (value === undefined) continue
    const named = type.byName.get(name)
    const of = named?.type ?? type.values
    const node = of && nodeOf(value, of)
    const itself = !named || value === null || (mapIn(value) !== undefined && isEmptyMap(mapIn(value)))
    const found = itself ? withItself(node) : node
    if (found) out[named?.element ?? fieldElement(name)] = found
  }
  return isEmptySet(out) ? undefined : out
}

const withItself = (node: FieldSet | undefined): FieldSet =>
  node === undefined || isEmptySet(node) ? leaf : node['.'] ? node : { '.': leaf, ...node }

const nodeOfList = (list: readonly unknown[] | undefined, type: ListType): FieldSet | undefined => {
  if (!list?.length) return undefined
  const items = itemsByElement(type, list)
  const out: Node = {}
  for (const element of items.size > 1 ? inOrder(items.keys()) : items.keys()) {
    const found = items.get(element)!
    out[element] = found.length > 1 ? leaf : withItself(nodeOf(found[0], type.items))
  }
  return out
}
