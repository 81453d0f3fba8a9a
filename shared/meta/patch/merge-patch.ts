import { isJsonObject, type JsonObject, ownField, setField } from '../json-value.ts'
import { badRequest } from '../status.ts'

/** RFC 7386: null removes, objects merge, everything else replaces. The object is not changed; the answer may share parts of both. */
export const applyMergePatch = (object: unknown, patch: unknown): unknown => {
  if (!isJsonObject(patch)) throw badRequest('Invalid JSON Patch')
  return merge(object, patch)
}

const merge = (target: unknown, patch: JsonObject): JsonObject => {
  const merged: JsonObject = isJsonObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else setField(merged, key, isJsonObject(value) ? merge(ownField(merged, key), value) : value)
  }
  return merged
}
