import { isJsonObject, type JsonObject } from '../json-value.ts'
import { badRequest } from '../status.ts'

export const directive = '$patch'

export interface ListRules {
  /** undefined for lists of scalars */
  readonly mergeKey: string | undefined
  readonly mergeItem: (before: JsonObject, change: JsonObject) => JsonObject
  readonly newItem: (item: JsonObject) => JsonObject
}

/** Merges a list into another: scalars as a set, objects by their merge key. */
export const mergeList = (original: readonly unknown[], patch: readonly unknown[], rules: ListRules): unknown[] => {
  const { mergeKey, mergeItem, newItem } = rules
  if (patch.length === 0) return [...original]
  if (![...original, ...patch].some(isJsonObject))
    return orderLike([...new Set([...original, ...patch])], patch, { serverOrder: original, mergeKey: undefined })
  if (mergeKey === undefined) throw badRequest('cannot merge lists without merge key')
  const { base, changes } = withDirectives(objects(original), objects(patch), mergeKey)
  const merged = [...base]
  for (const change of changes) {
    const key = keyOf(change, mergeKey)
    const position = merged.findIndex((item) => item[mergeKey] === key)
    if (position === -1) merged.push(newItem(change))
    else merged[position] = mergeItem(merged[position]!, change)
  }
  return orderLike(merged, changes, { serverOrder: base, mergeKey })
}

/** `$patch: delete` takes entries out of the original, `$patch: replace` all of them. */
const withDirectives = (original: JsonObject[], patch: JsonObject[], mergeKey: string) => {
  const changes = patch.filter((item) => !Object.hasOwn(item, directive))
  const directives = patch.filter((item) => Object.hasOwn(item, directive))
  let base = original
  for (const item of directives) {
    const what = item[directive]
    if (what === 'delete') {
      const key = keyOf(item, mergeKey)
      base = base.filter((other) => other[mergeKey] !== key)
    } else if (what === 'merge') throw badRequest('merging lists cannot yet be specified in the patch')
    else if (what !== 'replace') throw badRequest(`unknown patch type: ${String(what)} in map: ${JSON.stringify(item)}`)
  }
  return { base: directives.some((item) => item[directive] === 'replace') ? [] : base, changes }
}

const keyOf = (item: JsonObject, mergeKey: string): unknown => {
  if (item[mergeKey] === undefined)
    throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`)
  return item[mergeKey]
}

const objects = (list: readonly unknown[]): JsonObject[] => {
  if (!list.every(isJsonObject)) throw badRequest(`list element types are not identical: ${JSON.stringify(list)}`)
  return [...list]
}

/** The server's order as upstream sees it after the merge: new items stand where deleted ones have left room, behind those that stay. */
export const takeFreedPlaces = (
  before: readonly unknown[],
  change: readonly unknown[],
  mergeKey: string | undefined,
): unknown[] => {
  const changes = change.filter(isJsonObject)
  const isDeletion = (item: JsonObject) => item[directive] === 'delete'
  if (mergeKey === undefined || !changes.some(isDeletion)) return [...before]
  const deleted = new Set(changes.filter(isDeletion).map((item) => item[mergeKey]))
  const kept = before.filter((item) => !(isJsonObject(item) && deleted.has(item[mergeKey])))
  const known = new Set(kept.map((item) => (isJsonObject(item) ? item[mergeKey] : undefined)))
  const added = changes.filter((item) => !Object.hasOwn(item, directive) && !known.has(item[mergeKey]))
  return [...kept, ...added.slice(0, before.length - kept.length)]
}

/**
 * Items that `order` names stand in its order; the others keep their order of the server's list and go before the first named one
 * that stood behind them there.
 */
export const orderLike = <T>(
  list: readonly T[],
  order: readonly unknown[],
  options: { serverOrder: readonly unknown[]; mergeKey: string | undefined },
): T[] => {
  const { serverOrder, mergeKey } = options
  const identity = (item: unknown) => (mergeKey !== undefined && isJsonObject(item) ? item[mergeKey] : item)
  const ranks = (items: readonly unknown[]) =>
    new Map([...items].reverse().map((item, index) => [identity(item), items.length - 1 - index]))
  const wanted = ranks(order)
  const before = ranks(serverOrder)
  const byRank = (rank: Map<unknown, number>) => (a: T, b: T) =>
    (rank.get(identity(a)) ?? Number.MAX_SAFE_INTEGER) - (rank.get(identity(b)) ?? Number.MAX_SAFE_INTEGER)
  const named = list.filter((item) => wanted.has(identity(item))).sort(byRank(wanted))
  const others = list.filter((item) => !wanted.has(identity(item))).sort(byRank(before))
  const merged: T[] = []
  let next = 0
  for (const item of named) {
    const place = before.get(identity(item))
    while (place !== undefined && next < others.length && (before.get(identity(others[next])) ?? Number.MAX_SAFE_INTEGER) < place)
      merged.push(others[next++]!)
    merged.push(item)
  }
  return [...merged, ...others.slice(next)]
}
