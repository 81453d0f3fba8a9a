import type { FieldType, ListType, MapType } from './field-type.ts'
import { itemElement } from './item-element.ts'
import { isEmptyMap, kindOfValue, listIn, mapIn } from './kind-of-value.ts'

/**
 * A live object with what a partial one says: that one's value wins, nothing is removed, items are in the live one's order unless it says another.
 * Both are of the type, the partial one without repeated items; the result shares parts of both. Throws FieldTypeError.
 */
export const mergeObjects = (live: unknown, partial: unknown, type: FieldType): unknown => mergeValue(live, partial, type)

/** Undefined: not there. */
const mergeValue = (live: unknown, partial: unknown, type: FieldType): unknown => {
  const kind = partial === undefined ? kindOfValue(type, live) : kindOfValue(type, partial)
  if (kind === 'map') return mergeMaps(live, partial, type.map!)
  return kind === 'list' ? mergeLists(live, partial, type.list!) : either(live, partial)
}

const either = (live: unknown, partial: unknown) => (partial === undefined ? live : partial)

const mergeMaps = (live: unknown, partial: unknown, type: MapType): unknown => {
  const left = mapIn(live)
  const right = mapIn(partial)
  if (type.atomic || (isEmptyMap(left) && isEmptyMap(right))) return either(live, partial)
  const out: Record<string, unknown> = {}
  for (const name of new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})])) {
    const of = type.byName.get(name)?.type ?? type.values
    const one = left?.[name]
    const other = right?.[name]
    if (!of || (one === undefined && other === undefined)) continue
    const merged = mergeValue(one, other, of)
    if (merged !== undefined)
      Object.defineProperty(out, name, { value: merged, enumerable: true, writable: true, configurable: true })
  }
  return isEmptyMap(out) ? undefined : out
}

interface Indexed {
  readonly elements: readonly string[]
  /** of what repeats, null: it is merged with nothing */
  readonly byElement: ReadonlyMap<string, unknown>
}

const index = (type: ListType, list: readonly unknown[]): Indexed => {
  const byElement = new Map<string, unknown>()
  const elements = list.map((item) => {
    const element = itemElement(type, item)
    byElement.set(element, byElement.has(element) ? null : item)
    return element
  })
  return { elements, byElement }
}

const mergeLists = (live: unknown, partial: unknown, type: ListType): unknown => {
  const left = listIn(live)
  const right = listIn(partial)
  if (type.atomic || (!left?.length && !right?.length)) return either(live, partial)
  const olds = index(type, left ?? [])
  const news = index(type, right ?? [])
  const out: unknown[] = []
  const take = (one: unknown, other: unknown) => {
    const merged = mergeValue(one, other, type.items)
    if (merged !== undefined) out.push(merged)
  }
  const shared = news.elements.filter((element) => olds.byElement.has(element))
  const merged = new Set<string>()
  let nextShared = 0
  let [i, j] = [0, 0]
  const takeNew = (element: string) => {
    merged.add(element)
    take(olds.byElement.get(element), news.byElement.get(element))
  }
  while (i < olds.elements.length || j < news.elements.length) {
    const one = olds.elements[i]
    const other = news.elements[j]
    if (one !== undefined && one === other) {
      takeNew(one)
      i++
      j++
      nextShared++
      continue
    }
    const next = shared[nextShared]
    if (one !== undefined && other !== undefined && news.byElement.has(one) && next !== undefined && next !== one) {
      // in both, but not the one that comes next
      i++
      continue
    }
    if (one !== undefined) {
      if (!news.byElement.has(one)) {
        take(left![i], undefined)
        i++
        continue
      }
      if (merged.has(one)) i++
    }
    if (other !== undefined) {
      takeNew(other)
      j++
      if (next === other) nextShared++
    }
  }
  return out.length > 0 ? out : undefined
}
