import { DecodeError, parseJson } from '../../meta/decode/json.ts'
import { isJsonObject, type JsonObject, jsonTypeOf } from '../../meta/json-value.ts'
import type { KubeObject } from '../../meta/object.ts'
import { applyJsonPatch, readJsonPatch } from '../../meta/patch/json-patch.ts'
import { applyMergePatch } from '../../meta/patch/merge-patch.ts'
import { applyStrategicMergePatch } from '../../meta/patch/strategic-merge-patch.ts'
import type { SchemaTable } from '../../meta/schema.ts'
import { ApiError, badRequest } from '../../meta/status.ts'
import { withoutManagers } from '../../meta/without-managers.ts'
import { bodyLimitBytes } from '../body.ts'
import type { ResourceContext } from '../context.ts'
import type { ApiRequest } from '../request.ts'
import { invalidPatch } from './decode.ts'
import { nameMissing } from './name-missing.ts'
import { type ClaimedType, groupVersionOf, internalFinding, isCustom, otherKind, typeFinding } from './type-finding.ts'
import { fieldValidationOf } from './write-options.ts'

export interface PatchTarget {
  /** in the schema table */
  readonly schema: string
  readonly schemas: SchemaTable
}

/**
 * A patch that is read and checked. The object it is applied to is not changed, but the result may share parts of it; of the patch, which is applied
 * again after a conflict, it shares none.
 */
export interface ReadPatch {
  readonly apply: (object: KubeObject, target: PatchTarget) => unknown
  /** what an error about `patched`, the result, says that it is about */
  readonly shown: (patched: unknown) => string
  /** what stands twice in it, where that is refused; known once it was applied */
  readonly refused: () => readonly string[]
}

interface Reader {
  /** before what is wrong with the body */
  readonly prefix: string
  /** before the path of a field that stands twice */
  readonly duplicate: string
  readonly read: (value: unknown, context: ResourceContext) => ReadPatch['apply']
  /** whether errors show the patch, not its result, whose type must then fit as well */
  readonly showsPatch: boolean
  /** whether it may read or move a part that it does not name */
  readonly pointsAnywhere?: boolean
}

const prefix = 'error decoding patch: '

const readers: Readonly<Record<string, Reader>> = {
  'application/json-patch+json': {
    prefix,
    duplicate: 'json patch duplicate field',
    showsPatch: false,
    pointsAnywhere: true,
    read: (value, { warnings }) => {
      const read = readJsonPatch(value ?? [])
      warnings.push(...read.warnings)
      return (object) => applyJsonPatch(object, read.operations)
    },
  },
  'application/merge-patch+json': {
    prefix,
    duplicate: 'duplicate field',
    showsPatch: false,
    read: (value) => {
      if (value !== null) objectOnly(value, prefix)
      return (object) => applyMergePatch(object, structuredClone(value))
    },
  },
  'application/strategic-merge-patch+json': {
    prefix: '',
    duplicate: 'duplicate field',
    showsPatch: true,
    read: (value) => {
      const patch = objectOnly(value ?? {}, '')
      return (object, target) => applyStrategicMergePatch(object as unknown as JsonObject, structuredClone(patch), target)
    },
  },
}

const objectOnly = (value: unknown, before: string) => {
  if (isJsonObject(value)) return value
  throw badRequest(`${before}json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type map[string]interface {}`)
}

const apply = 'application/apply-patch+yaml'

/** Whether a PATCH applies what it holds, which is another verb in all but the name. */
export const isApply = (request: Pick<ApiRequest, 'header'>): boolean => patchTypeOf(request.header('content-type')) === apply

const patchTypeOf = (contentType = '') => contentType.split(';')[0]!.trim().toLowerCase()

export const readPatch = async (context: ResourceContext): Promise<ReadPatch> => {
  const { request } = context
  const type = patchTypeOf(request.header('content-type'))
  const reader = Object.hasOwn(readers, type) ? readers[type]! : undefined
  if (context.definition.custom && (!reader || reader.showsPatch)) throw unsupportedByCustom()
  if (!reader) throw new ApiError('UnsupportedMediaType', '415: Unsupported Media Type', { details: {} })
  const bytes = await request.body(bodyLimitBytes)
  request.audit?.requestedBytes(bytes)
  // What is wrong with it is found out when there is something to apply it to.
  const read = lazily(() => {
    const { value, duplicates } = parsePatch(bytes, reader, fieldValidationOf(request))
    if (fieldValidationOf(request) === 'Warn') context.warnings.push(...duplicates)
    return { value, duplicates, applied: reader.read(value, context) }
  })
  // Who owns what is half of an object, and copied for those only who name it.
  const spared = reader.pointsAnywhere || Buffer.from(bytes).includes('managedFields') ? undefined : withoutManagers
  const shown = (patched: unknown) => JSON.stringify(reader.showsPatch ? read().value : patched)
  const refuseUnknown = (fields: readonly string[], patched: unknown) => {
    const texts = fields.map((field) => `unknown field ${JSON.stringify(field)}`)
    if (fieldValidationOf(request) === 'Warn') context.warnings.push(...texts)
    const found = [...read().duplicates, ...texts]
    if (fieldValidationOf(request) === 'Strict' && found.length > 0)
      throw invalidPatch(shown(patched), `strict decoding error: ${found.join(', ')}`)
  }
  return {
    shown,
    refused: () => (fieldValidationOf(request) === 'Strict' ? read().duplicates : []),
    apply: (object, target) => {
      const { applied } = read()
      const patched = applied(spared?.(object) ?? object, target)
      if (!reader.showsPatch) checkType(patched, { before: object, target, shown, refuseUnknown })
      return patched
    },
  }
}

/** Lists of a custom kind have no merge keys that a strategic patch could go by. */
const unsupportedByCustom = () =>
  new ApiError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, ${apply}`,
  )

const lazily = <T extends object>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

const parsePatch = (bytes: Uint8Array, reader: Reader, fieldValidation: string) => {
  try {
    const { value, duplicates } = parseJson(bytes, fieldValidation !== 'Ignore')
    return { value, duplicates: duplicates.map((path) => `${reader.duplicate} ${JSON.stringify(path)}`) }
  } catch (error) {
    throw error instanceof DecodeError ? badRequest(`${reader.prefix}${error.message}`) : error
  }
}

interface Checked {
  readonly before: KubeObject
  readonly target: PatchTarget
  readonly shown: ReadPatch['shown']
  readonly refuseUnknown: (fields: readonly string[], patched: unknown) => void
}

const unreadable = "couldn't get version/kind; json parse error: "
const typeStruct = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

/** A patch may leave an object without its kind, but make no other of it. */
const checkType = (patched: unknown, { before, target, shown, refuseUnknown }: Checked) => {
  if (Array.isArray(patched))
    throw invalidPatch(shown(patched), `${unreadable}json: cannot unmarshal array into Go value of type ${typeStruct}`)
  // as upstream has it, without a word of what is wrong
  if (!isJsonObject(patched))
    throw new ApiError('Invalid', 'the server rejected our request due to an error in our request', { details: {} })
  for (const field of ['apiVersion', 'kind'] as const) {
    const value = patched[field] ?? ''
    if (typeof value === 'string') continue
    const found = `json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field .${field} of type string`
    throw invalidPatch(shown(patched), `${unreadable}${found}`)
  }
  const expected = { ...groupVersionOf(before.apiVersion!), kind: before.kind!, schema: target.schema }
  if (isCustom(expected, target.schemas)) {
    if (!patched.apiVersion) throw nameMissing(before.metadata.name)
    if (patched.kind && patched.kind !== expected.kind) throw otherKind(patched as KubeObject, expected)
    return
  }
  if (!patched.apiVersion) {
    const finding = internalFinding(patched as ClaimedType, expected, target.schemas)
    if (finding) throw invalidPatch(shown(patched), finding)
    // Nobody knows then what it is of an object.
    refuseUnknown(
      Object.keys(patched)
        .filter((name) => name !== 'kind' && name !== 'apiVersion')
        .sort(),
      patched,
    )
    throw nameMissing(before.metadata.name)
  }
  const finding = typeFinding(patched as ClaimedType, expected, target.schemas)
  if (finding) throw invalidPatch(shown(patched), finding)
}
