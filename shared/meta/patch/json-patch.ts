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

/** In the words of the library that upstream uses, which users of webhooks and policies read. */
class DoesNotApply extends Error {}

const missing = 'missing value'

interface Patched {
  root: unknown
  copiedBytes: number
}

type Apply = (patched: Patched, operation: JsonPatchOperation) => void

const applyOperation = (patched: Patched, operation: JsonPatchOperation | null) => {
  const { op = 'unknown' } = operation ?? {}
  const apply = Object.hasOwn(verbs, op) ? verbs[op] : undefined
  if (!operation || !apply) throw new DoesNotApply(`Unexpected kind: ${op}`)
  apply(patched, operation)
}

const verbs: Readonly<Record<string, Apply>> = {
  add: ({ root }, { path, value }) => {
    if (!isText(path)) throw new DoesNotApply(`add operation failed to decode path: ${missing}`)
    const place = locate(root, path) ?? fail(`add operation does not apply: doc is missing path: "${path}": ${missing}`)
    told(`error in add for path: '${path}'`, () => insert(place, structuredClone(value ?? null)))
  },
  remove: ({ root }, { path }) => {
    if (!isText(path)) throw new DoesNotApply(`remove operation failed to decode path: ${missing}`)
    const place = locate(root, path) ?? fail(`remove operation does not apply: doc is missing path: "${path}": ${missing}`)
    told(`error in remove for path: '${path}'`, () => remove(place))
  },
  replace: (patched, { path, value }) => {
    if (!isText(path)) throw new DoesNotApply(`replace operation failed to decode path: operation missing path field: ${missing}`)
    if (path === '') {
      if (typeof value !== 'object' || value === null)
        throw new DoesNotApply('replace operation value must be object or array: %!w(<nil>)')
      patched.root = structuredClone(value)
      return
    }
    const place = locate(patched.root, path) ?? fail(`replace operation does not apply: doc is missing path: ${path}: ${missing}`)
    if (Array.isArray(place.parent) && !isIndexOf(place.parent, place.key))
      throw new DoesNotApply(`replace operation does not apply: doc is missing key: ${path}: ${missing}`)
    replace(place, structuredClone(value ?? null))
  },
  move: ({ root }, { from, path }) => {
    if (!isText(from)) throw new DoesNotApply(`move operation failed to decode from: operation, missing from field: ${missing}`)
    const source = locate(root, from) ?? fail(`move operation does not apply: doc is missing from path: ${from}: ${missing}`)
    const moved = told(`error in move for path: '${source.key}'`, () => {
      const found = read(source) ?? null
      remove(source)
      return found
    })
    if (!isText(path)) throw new DoesNotApply(`move operation failed to decode path: operation missing path field: ${missing}`)
    const target =
      locate(root, path) ?? fail(`move operation does not apply: doc is missing destination path: ${path}: ${missing}`)
    told(`error in move for path: '${path}'`, () => insert(target, moved))
  },
  copy: (patched, { from, path }) => {
    const { root } = patched
    if (!isText(from)) throw new DoesNotApply(`copy operation failed to decode from: operation, missing from field: ${missing}`)
    const source = locate(root, from) ?? fail(`copy operation does not apply: doc is missing from path: ${from}: ${missing}`)
    // A member that is not there is copied as null.
    const copied = told(`error in copy for from: '${from}'`, () => structuredClone(read(source)) ?? null)
    if (!isText(path)) throw new DoesNotApply(`copy operation failed to decode path: ${missing}`)
    const target =
      locate(root, path) ?? fail(`copy operation does not apply: doc is missing destination path: ${path}: ${missing}`)
    patched.copiedBytes += JSON.stringify(copied).length
    if (patched.copiedBytes > maxCopiedBytes)
      throw new DoesNotApply(
        `Unable to complete the copy, the accumulated size increase of copy is ${patched.copiedBytes}, exceeding the limit ${maxCopiedBytes}`,
      )
    told('error while adding value during copy', () => insert(target, copied))
  },
  test: ({ root }, { path, value }) => {
    if (!isText(path)) throw new DoesNotApply(`test operation failed to decode path: operation missing path field: ${missing}`)
    const place =
      path === ''
        ? undefined
        : (locate(root, path) ?? fail(`test operation does not apply: is missing path: ${path}: ${missing}`))
    const found = place ? told(`error in test for path: '${path}'`, () => read(place)) : root
    if (!sameJson(found ?? null, value ?? null)) throw new DoesNotApply(`testing value ${path} failed: test failed`)
  },
}

const isText = (value: unknown): value is string => typeof value === 'string'

const fail = (message: string): never => {
  throw new DoesNotApply(message)
}

/** What is wrong within an operation stands behind what it was about. */
const told = <T>(about: string, run: () => T): T => {
  try {
    return run()
  } catch (error) {
    throw error instanceof DoesNotApply ? new DoesNotApply(`${about}: ${error.message}`) : error
  }
}

/** A place in an object or a list; it need not be there yet. */
interface Place {
  readonly parent: JsonObject | unknown[]
  readonly key: string
}

/** Undefined: nothing leads there. What stands before the first slash counts for nothing, as in upstream. */
const locate = (root: unknown, path: string): Place | undefined => {
  const keys = path.split('/').map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (keys.length < 2 || !isContainer(root)) return undefined
  let parent: JsonObject | unknown[] = root
  for (const key of keys.slice(1, -1)) {
    if (Array.isArray(parent) && !isIndexOf(parent, key)) return undefined
    const next = read({ parent, key })
    if (!isContainer(next)) return undefined
    parent = next
  }
  return { parent, key: keys.at(-1)! }
}

const isContainer = (value: unknown): value is JsonObject | unknown[] => typeof value === 'object' && value !== null

const isInteger = (key: string) => /^[+-]?\d+$/.test(key)
const notAnInteger = (key: string) => `strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`
const outside = (key: string) => `Unable to access invalid index: ${Number(key)}: invalid index referenced`

/** Negative indices count from the end, as in upstream. */
const fromStart = (key: string, length: number): number => (Number(key) < 0 ? Number(key) + length : Number(key))

const isIndexOf = (list: readonly unknown[], key: string): boolean =>
  isInteger(key) && fromStart(key, list.length) >= 0 && fromStart(key, list.length) < list.length

const indexIn = (list: readonly unknown[], key: string): number => {
  if (!isInteger(key)) throw new DoesNotApply(notAnInteger(key))
  if (!isIndexOf(list, key)) throw new DoesNotApply(outside(key))
  return fromStart(key, list.length)
}

const read = ({ parent, key }: Place): unknown => (Array.isArray(parent) ? parent[indexIn(parent, key)] : ownField(parent, key))

const insert = ({ parent, key }: Place, value: unknown) => {
  if (!Array.isArray(parent)) setField(parent, key, value)
  else if (key === '-') parent.push(value)
  else {
    if (!isInteger(key)) throw new DoesNotApply(`value was not a proper array index: '${key}': ${notAnInteger(key)}`)
    const index = fromStart(key, parent.length + 1)
    if (index < 0 || index > parent.length) throw new DoesNotApply(outside(key))
    parent.splice(index, 0, value)
  }
}

const remove = ({ parent, key }: Place) => {
  if (Array.isArray(parent)) parent.splice(indexIn(parent, key), 1)
  else if (Object.hasOwn(parent, key)) delete parent[key]
  else throw new DoesNotApply(`Unable to remove nonexistent key: ${key}: ${missing}`)
}

/** A member that is not there is set, as upstream's library does in spite of the RFC. */
const replace = ({ parent, key }: Place, value: unknown) => {
  if (Array.isArray(parent)) parent[indexIn(parent, key)] = value
  else setField(parent, key, value)
}
