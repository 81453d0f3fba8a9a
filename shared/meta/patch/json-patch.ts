import { isJsonObject, type JsonObject, jsonTypeOf, ownField, sameJson, setField } from '../json-value.ts'
import { ApiError, badRequest } from '../status.ts'

export interface JsonPatchOperation {
  readonly op: string
  readonly path: string
  readonly from?: string | undefined
  readonly value?: unknown
}

const maxOperations = 10_000
/** what copies may add, so that a small patch can't make a huge object */
const maxCopiedBytes = 3 * 1024 * 1024

/** Checks what a client sent. `warnings` are fields that an operation does not have. Throws ApiError. */
export const readJsonPatch = (patch: unknown): { operations: JsonPatchOperation[]; warnings: string[] } => {
  if (!Array.isArray(patch))
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${jsonTypeOf(patch)} into Go value of type []handlers.jsonPatchOp`,
    )
  if (patch.length > maxOperations)
    throw new ApiError(
      'RequestEntityTooLarge',
      `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`,
    )
  const warnings: string[] = []
  patch.forEach((operation: unknown, index) => {
    if (operation === null) return
    if (!isJsonObject(operation))
      throw badRequest(
        `error decoding patch: json: cannot unmarshal ${jsonTypeOf(operation)} into Go value of type handlers.jsonPatchOp`,
      )
    for (const field of ['op', 'path', 'from'])
      if (field in operation && operation[field] !== null && typeof operation[field] !== 'string')
        throw badRequest(
          `error decoding patch: json: cannot unmarshal ${jsonTypeOf(operation[field])} into Go struct field jsonPatchOp.${field} of type string`,
        )
    for (const field of Object.keys(operation))
      if (!['op', 'path', 'from', 'value'].includes(field)) warnings.push(`json patch unknown field "[${index}].${field}"`)
  })
  return { operations: patch as JsonPatchOperation[], warnings }
}

/** RFC 6902. The object is not changed. Throws ApiError Invalid when an operation does not apply, with the reason as its cause. */
export const applyJsonPatch = (object: unknown, operations: readonly JsonPatchOperation[]): unknown => {
  const patched = { root: structuredClone(object), copiedBytes: 0 }
  try {
    for (const operation of operations) applyOperation(patched, operation)
  } catch (error) {
    if (!(error instanceof DoesNotApply)) throw error
    throw new ApiError('Invalid', 'the server rejected our request due to an error in our request', { details: {}, cause: error })
  }
  return patched.root
}

class DoesNotApply extends Error {}

interface Patched {
  root: unknown
  copiedBytes: number
}

type Apply = (patched: Patched, operation: JsonPatchOperation) => void

const applyOperation = (patched: Patched, operation: JsonPatchOperation | null) => {
  if (operation === null) throw new DoesNotApply('Unexpected kind: unknown')
  const apply = Object.hasOwn(verbs, operation.op) ? verbs[operation.op] : undefined
  if (!apply) throw new DoesNotApply(`Unexpected kind: ${operation.op}`)
  apply(patched, operation)
}

const verbs: Readonly<Record<string, Apply>> = {
  add: (patched, { path, value }) => insert(locate(patched, path), structuredClone(value ?? null)),
  remove: (patched, { path }) => remove(locate(patched, path)),
  replace: (patched, { path, value }) => {
    if (path === '') patched.root = structuredClone(value)
    else replace(locate(patched, path), structuredClone(value ?? null))
  },
  move: (patched, { from, path }) => {
    const source = locate(patched, from)
    const moved = read(source)
    remove(source)
    insert(locate(patched, path), moved)
  },
  copy: (patched, { from, path }) => {
    // A member that is not there is copied as null, by upstream's library.
    const copied = structuredClone(readIfThere(locate(patched, from)) ?? null)
    patched.copiedBytes += JSON.stringify(copied).length
    if (patched.copiedBytes > maxCopiedBytes)
      throw new DoesNotApply(
        `Unable to complete the copy, the accumulated size increase of copy is ${patched.copiedBytes}, exceeding the limit ${maxCopiedBytes}`,
      )
    insert(locate(patched, path), copied)
  },
  test: (patched, { path, value }) => {
    const found = path === '' ? patched.root : readIfThere(locate(patched, path))
    if (!sameJson(found ?? null, value ?? null)) throw new DoesNotApply(`testing value ${path} failed`)
  },
}

/** A place in an object or a list; it need not be there yet. */
interface Place {
  readonly parent: JsonObject | unknown[]
  readonly key: string
}

const locate = (patched: Patched, path: string | undefined): Place => {
  const keys = (path ?? '').split('/').map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (path === undefined || keys.length < 2 || keys[0] !== '') throw new DoesNotApply(`doc is missing path: ${path}`)
  let parent = patched.root
  for (const key of keys.slice(1, -1)) {
    if (typeof parent !== 'object' || parent === null) throw new DoesNotApply(`doc is missing path: ${path}`)
    parent = read({ parent: parent as JsonObject | unknown[], key })
  }
  if (typeof parent !== 'object' || parent === null) throw new DoesNotApply(`doc is missing path: ${path}`)
  return { parent: parent as JsonObject | unknown[], key: keys.at(-1)! }
}

/** Negative indices count from the end, as in upstream. */
const indexOf = (key: string, length: number): number => {
  const index = /^-?\d+$/.test(key) ? Number(key) : Number.NaN
  const fromStart = index < 0 ? index + length : index
  if (!(fromStart >= 0 && fromStart < length)) throw new DoesNotApply(`Unable to access invalid index: ${key}`)
  return fromStart
}

const readIfThere = ({ parent, key }: Place): unknown =>
  Array.isArray(parent) ? parent[indexOf(key, parent.length)] : ownField(parent, key)

const read = (place: Place): unknown => {
  const found = readIfThere(place)
  if (found === undefined) throw new DoesNotApply(`missing value: ${place.key}`)
  return found
}

const insert = ({ parent, key }: Place, value: unknown) => {
  if (!Array.isArray(parent)) setField(parent, key, value)
  else if (key === '-') parent.push(value)
  else parent.splice(indexOf(key, parent.length + 1), 0, value)
}

const remove = (place: Place) => {
  read(place)
  if (Array.isArray(place.parent)) place.parent.splice(indexOf(place.key, place.parent.length), 1)
  else delete place.parent[place.key]
}

/** A member that is not there is set, as upstream's library does in spite of the RFC. */
const replace = (place: Place, value: unknown) => {
  if (Array.isArray(place.parent)) place.parent[indexOf(place.key, place.parent.length)] = value
  else setField(place.parent, place.key, value)
}
