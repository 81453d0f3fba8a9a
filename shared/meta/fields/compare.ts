import { jsonEqual } from '../json-equal.ts'
import { emptySet, type FieldSet, isEmptySet, isMember, leaf } from './field-set.ts'
import type { FieldType, ListType, MapType } from './field-type.ts'
import { fieldsIn } from './fields-in.ts'
import { itemElement, itemsByElement } from './item-element.ts'
import { isEmptyMap, kindOfValue, listIn, mapIn } from './kind-of-value.ts'
import { inOrder } from './path-element.ts'

/** No field is in more than one of them; all are empty when the objects are equal. */
export interface Comparison {
  readonly added: FieldSet
  readonly modified: FieldSet
  readonly removed: FieldSet
}

/** What `after` has that `before` has not, has otherwise, and lacks. Throws FieldTypeError. */
export const compareObjects = (before: unknown, after: unknown, type: FieldType): Comparison => {
  const found = compareValue(before, after, type)
  return { added: found?.added ?? emptySet, modified: found?.modified ?? emptySet, removed: found?.removed ?? emptySet }
}

export const isSame = ({ added, modified, removed }: Comparison): boolean =>
  isEmptySet(added) && isEmptySet(modified) && isEmptySet(removed)

/** Of one field: sets that hold it as a node. */
interface Differences {
  added?: Node
  modified?: Node
  removed?: Node
}
type Node = Record<string, FieldSet>
const sides = ['added', 'modified', 'removed'] as const

/** One of the two may be undefined: the field is not there. */
const compareValue = (before: unknown, after: unknown, type: FieldType): Differences | undefined => {
  if (before === after) return undefined
  if (before === undefined) return only('added', nodeOf(after, type))
  if (after === undefined) return only('removed', nodeOf(before, type))
  const kind = kindOfValue(type, after)
  const kindBefore = kindOfValue(type, before)
  const found = compareAs(kind, { before, after, type })
  return kind === kindBefore ? found : joined(compareAs(kindBefore, { before, after, type }), found)
}

interface Both {
  readonly before: unknown
  readonly after: unknown
  readonly type: FieldType
}

const compareAs = (kind: ReturnType<typeof kindOfValue>, { before, after, type }: Both): Differences | undefined => {
  if (kind === 'map') return compareMaps(before, after, type.map!)
  return kind === 'list' ? compareLists(before, after, type.list!) : compareLeaves(before, after)
}

const compareLeaves = (before: unknown, after: unknown): Differences | undefined =>
  jsonEqual(before, after) ? undefined : { modified: leaf as Node }

const only = (side: (typeof sides)[number], node: FieldSet): Differences => ({ [side]: node })

/** Of two that may hold the same nodes. */
const joined = (a: Differences | undefined, b: Differences | undefined): Differences | undefined => {
  if (!a || !b) return a ?? b
  const out: Differences = { ...a }
  for (const side of sides) {
    const [node, other] = [b[side], a[side]]
    if (node) out[side] = other ? joinedNodes(other, node) : node
  }
  return out
}

const joinedNodes = (a: FieldSet, b: FieldSet): Node => {
  const both = { ...a, ...b }
  return isEmptySet(both) || (!isMember(a) && !isMember(b)) ? both : { '.': leaf, ...both }
}

const compareMaps = (left: unknown, right: unknown, type: MapType): Differences | undefined => {
  const before = mapIn(left)
  const after = mapIn(right)
  // An empty map is told from a null by being owned itself.
  if (type.atomic || (isEmptyMap(before) && isEmptyMap(after))) return compareLeaves(left, right)
  if (isSameMap(before, after)) return undefined
  const out: Differences = {}
  for (const { element, name, type: of } of fieldsIn(type, before, after)) {
    const one = before?.[name]
    const other = after?.[name]
    if (one !== other) put(out, element, compareValue(one, other, of))
  }
  return out.added || out.modified || out.removed ? out : undefined
}

const isSameMap = (before: object | undefined, after: object | undefined) =>
  before !== undefined && after !== undefined && jsonEqual(before, after)

const put = (out: Differences, element: string, found: Differences | undefined): void => {
  if (!found) return
  for (const side of sides) {
    const node = found[side]
    if (node === undefined) continue
    out[side] ??= {}
    out[side][element] = node
  }
}

const compareLists = (left: unknown, right: unknown, type: ListType): Differences | undefined => {
  const before = listIn(left)
  const after = listIn(right)
  if (type.atomic || (!before?.length && !after?.length)) return compareLeaves(left, right)
  if (jsonEqual(before, after)) return undefined
  const olds = itemsByElement(type, before ?? [])
  const news = itemsByElement(type, after ?? [])
  const found = new Map<string, Differences>()
  for (const [element, items] of news) add(found, element, compareItems(olds.get(element) ?? [], items, type))
  for (const [element, items] of olds) if (!news.has(element)) add(found, element, compareItems(items, [], type))
  if (found.size === 0) return undefined
  const out: Differences = {}
  for (const element of found.size > 1 ? inOrder(found.keys()) : found.keys()) put(out, element, found.get(element))
  return out
}

const add = (found: Map<string, Differences>, element: string, of: Differences | undefined) => {
  if (of) found.set(element, of)
}

/** Items that repeat are owned together, as one leaf. */
const compareItems = (olds: readonly unknown[], news: readonly unknown[], { items }: ListType): Differences | undefined => {
  if (olds.length < 2 && news.length < 2) return compareValue(olds[0], news[0], items)
  if (olds.length > 1 && news.length > 1) return jsonEqual(olds, news) ? undefined : { modified: leaf as Node }
  if (olds.length > 1) {
    const removed: Differences = { removed: leaf as Node }
    return news.length === 0 ? removed : joined(compareValue(undefined, news[0], items), removed)
  }
  const added: Differences = { added: leaf as Node }
  return olds.length === 0 ? added : joined(compareValue(olds[0], undefined, items), added)
}

/** All that a field has which was not there, with the field itself. */
const nodeOf = (value: unknown, type: FieldType): FieldSet => {
  if (typeof value !== 'object' || value === null) return leaf
  const kind = kindOfValue(type, value)
  if (kind === 'map' && !type.map!.atomic) return nodeOfMap(mapIn(value), type.map!)
  return kind === 'list' && !type.list!.atomic ? nodeOfList(listIn(value), type.list!) : leaf
}

const nodeOfMap = (map: Record<string, unknown> | undefined, type: MapType): FieldSet => {
  if (isEmptyMap(map)) return leaf
  const out: Node = { '.': leaf }
  for (const { element, name, type: of } of fieldsIn(type, undefined, map)) {
    const value = map![name]
    if (value !== undefined) out[element] = nodeOf(value, of)
  }
  return out
}

const nodeOfList = (list: readonly unknown[] | undefined, type: ListType): FieldSet => {
  if (!list?.length) return leaf
  const out: Node = { '.': leaf }
  if (list.length === 1) {
    out[itemElement(type, list[0])] = nodeOf(list[0], type.items)
    return out
  }
  const items = itemsByElement(type, list)
  for (const element of items.size > 1 ? inOrder(items.keys()) : items.keys()) {
    const found = items.get(element)!
    out[element] = found.length > 1 ? leaf : nodeOf(found[0], type.items)
  }
  return out
}
