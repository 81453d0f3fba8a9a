import { isJsonObject, type JsonObject, ownField, setField } from '../json-value.ts'
import type { Schema, SchemaTable } from '../schema.ts'
import { ApiError, badRequest } from '../status.ts'
import { directive, mergeList, orderLike, takeFreedPlaces } from './strategic-list.ts'

const retainKeys = '$retainKeys'
const deletePrefix = '$deleteFromPrimitiveList/'
const orderPrefix = '$setElementOrder/'

export interface StrategicMergeOptions {
  /** of the type in the schema table: `io.k8s.api.core.v1.Pod` */
  readonly schema: string
  readonly schemas: SchemaTable
}

/**
 * Kubernetes' own merge patch: lists merge by the keys that the schema names, and directives (`$patch`, `$retainKeys`,
 * `$deleteFromPrimitiveList/…`, `$setElementOrder/…`) say what merging can't. Neither argument is changed; the answer may share parts of
 * both. Throws ApiError.
 */
export const applyStrategicMergePatch = (object: JsonObject, patch: unknown, options: StrategicMergeOptions): JsonObject => {
  if (!isJsonObject(patch)) throw badRequest('invalid JSON document')
  return mergeObject(object, patch, { schema: { ref: options.schema }, schemas: options.schemas })
}

/** The part of the schema that a value is merged by; undefined below what has no schema. */
interface MergeScope {
  readonly schema: Schema | undefined
  readonly schemas: SchemaTable
}

const resolved = ({ schema, schemas }: MergeScope): Schema | undefined =>
  schema?.ref === undefined ? schema : schemas[schema.ref]

const fieldScope = (scope: MergeScope, key: string): MergeScope => {
  const type = resolved(scope)
  const field = type?.properties && Object.hasOwn(type.properties, key) ? type.properties[key] : type?.additionalProperties
  return { schema: field, schemas: scope.schemas }
}

const mergeObject = (original: JsonObject, patch: JsonObject, scope: MergeScope): JsonObject => {
  if (Object.hasOwn(patch, directive)) return replaceObject(patch)
  const merged = retained(original, patch)
  const listsDone = mergeOrderedLists(merged, patch, scope)
  for (const [key, value] of Object.entries(patch)) {
    if (key === retainKeys || key.startsWith(orderPrefix) || listsDone.has(key)) continue
    if (key.startsWith(deletePrefix)) deleteFromList(merged, key.slice(deletePrefix.length), value)
    else if (key.startsWith('$deleteFromPrimitiveList')) throw badRequest('invalid patch format of primitive list')
    else if (key.startsWith('$setElementOrder')) throw badRequest('invalid patch format of setElementOrder list')
    else mergeField(merged, key, value, fieldScope(scope, key))
  }
  return merged
}

const replaceObject = (patch: JsonObject): JsonObject => {
  const { [directive]: what, ...rest } = patch
  if (what === 'replace') return rest
  if (what === 'delete') return {}
  throw badRequest(`unknown patch type: ${String(what)} in map: ${JSON.stringify(patch)}`)
}

const mergeField = (merged: JsonObject, key: string, value: unknown, scope: MergeScope) => {
  if (value === null) {
    delete merged[key]
    return
  }
  const before = ownField(merged, key)
  if (isJsonObject(before) && isJsonObject(value))
    setField(merged, key, scope.schema?.patchStrategy === 'replace' ? value : mergeObject(before, value, scope))
  else if (Array.isArray(before) && Array.isArray(value)) setField(merged, key, mergeArrays(before, value, scope))
  else {
    const added = withoutDirectives(value)
    if (added === undefined) delete merged[key]
    else setField(merged, key, added)
  }
}

const mergeArrays = (before: unknown[], patch: unknown[], scope: MergeScope): unknown[] => {
  if (!mergesLists(scope.schema)) return patch
  const items: MergeScope = { schema: scope.schema?.items, schemas: scope.schemas }
  return mergeList(before, patch, {
    mergeKey: scope.schema?.patchMergeKey,
    mergeItem: (item, change) => mergeObject(item, change, items),
    newItem: (item) => stripped(item) as JsonObject,
  })
}

const mergesLists = (schema: Schema | undefined) => schema?.patchStrategy?.split(',').includes('merge') ?? false

/** A copy of the original, with only the fields that `$retainKeys` names when it is there. */
const retained = (original: JsonObject, patch: JsonObject): JsonObject => {
  const keys = ownField(patch, retainKeys)
  if (keys === undefined) return { ...original }
  if (!Array.isArray(keys)) throw badRequest('invalid patch format of retainKeys')
  for (const [key, value] of Object.entries(patch)) {
    const isDirective = key === retainKeys || key.startsWith(deletePrefix) || key.startsWith(orderPrefix)
    if (value !== null && !isDirective && !keys.includes(key)) throw badRequest('invalid patch format of retainKeys')
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => keys.includes(key)))
}

const deleteFromList = (merged: JsonObject, key: string, values: unknown) => {
  const before = ownField(merged, key)
  if (!Array.isArray(values)) throw badRequest('invalid patch format of primitive list')
  if (Array.isArray(before))
    setField(
      merged,
      key,
      before.filter((value) => !values.includes(value)),
    )
}

/** Lists with a `$setElementOrder`: merged, then ordered by it. Answers which fields of the patch that has done. */
const mergeOrderedLists = (merged: JsonObject, patch: JsonObject, scope: MergeScope): Set<string> => {
  const done = new Set<string>()
  for (const [directiveKey, order] of Object.entries(patch)) {
    if (!directiveKey.startsWith(orderPrefix)) continue
    const key = directiveKey.slice(orderPrefix.length)
    const field = fieldScope(scope, key)
    const before = listOrNothing(ownField(merged, key))
    const change = listOrNothing(ownField(patch, key))
    if (!Array.isArray(order)) throw badRequest('invalid patch format of setElementOrder list')
    if (field.schema === undefined) throw badRequest(`unable to find api field ${JSON.stringify(key)}`)
    const mergeKey = field.schema.patchMergeKey
    checkOrder(change ?? [], order, mergeKey)
    done.add(key)
    if (before === undefined && change === undefined) continue
    const list =
      change === undefined
        ? before!
        : before === undefined
          ? (withoutDirectives(change) as unknown[])
          : mergeArrays(before, change, field)
    setField(
      merged,
      key,
      orderLike(list, order, { serverOrder: takeFreedPlaces(before ?? [], change ?? [], mergeKey), mergeKey }),
    )
  }
  return done
}

const listOrNothing = (value: unknown): unknown[] | undefined => {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw badRequest(`expected a []interface {}, but received a ${typeof value}`)
  return value
}

/** What the patch's list holds must stand in the order list, in the same order. */
const checkOrder = (list: unknown[], order: unknown[], mergeKey: string | undefined) => {
  if (order.length === 0) return
  const keyOf = (item: unknown) => (mergeKey === undefined ? item : isJsonObject(item) ? item[mergeKey] : undefined)
  const keys = order.map(keyOf)
  let position = 0
  for (const item of list) {
    if (isJsonObject(item) && Object.hasOwn(item, directive)) continue
    position = keys.indexOf(keyOf(item), position) + 1
    if (position === 0)
      throw new ApiError(
        'Invalid',
        `The order in patch list:\n${JSON.stringify(list)}\n doesn't match $setElementOrder list:\n${JSON.stringify(order)}\n`,
      )
  }
}

/** A part of a patch that is added as it is: directives have nothing to work on. undefined: nothing is left. */
const withoutDirectives = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined)
  if (!isJsonObject(value)) return value
  return Object.hasOwn(value, directive) ? undefined : stripped(value, withoutDirectives)
}

/** The value without the keys that are directives and without nulls; `child` says what is left of what it holds. */
const stripped = (value: unknown, child: (value: unknown) => unknown = (inner) => stripped(inner)): unknown => {
  if (Array.isArray(value)) return value.map((item) => child(item))
  if (!isJsonObject(value)) return value
  const kept: JsonObject = {}
  for (const [key, field] of Object.entries(value)) {
    const isDirective = key === directive || key === retainKeys || key.startsWith(orderPrefix) || key.startsWith(deletePrefix)
    const rest = field === null || isDirective ? undefined : child(field)
    if (rest !== undefined) setField(kept, key, rest)
  }
  return kept
}
