import { DecodeError } from '../../meta/decode/json.ts'
import { decodeValue } from '../../meta/decode.ts'
import { hasPath } from '../../meta/fields/field-set.ts'
import type { FieldType } from '../../meta/fields/field-type.ts'
import { FieldTypeError } from '../../meta/fields/item-element.ts'
import { validateTyped } from '../../meta/fields/validate.ts'
import { isJsonObject } from '../../meta/json-value.ts'
import type { KubeObject } from '../../meta/object.ts'
import { ApiError, badRequest } from '../../meta/status.ts'
import { withoutManagers } from '../../meta/without-managers.ts'
import { timestamp } from '../../platform/clock.ts'
import { loadSchemas } from '../../resources/schemas.ts'
import type { ResourceContext } from '../context.ts'
import { askedType, toStored } from '../objects/served-version.ts'
import { type Conflict, conflictError } from './conflict.ts'
import { type FieldTarget, fieldTarget } from './field-target.ts'
import { clientSideApplier, fieldsAppliedByClient, refreshLastApplied } from './last-applied.ts'
import { entriesOf, type Managed, storedManaged } from './managed.ts'
import { type Applied, trackApply } from './track-apply.ts'
import { trackUpdate } from './track-update.ts'

export interface ApplyRequest {
  readonly applied: KubeObject
  readonly manager: string
  readonly force: boolean
}

const beforeFirstApply = 'before-first-apply'

/** What something is applied to. */
export interface ApplyTarget {
  readonly fields: FieldTarget
  /** of what may be applied */
  readonly type: { readonly group: string; readonly version: string; readonly kind: string }
  /** A merged object as it is stored, defaulted. Throws as `decodeValue` does. */
  readonly read: (merged: unknown) => KubeObject
  /** RFC 3339 in seconds */
  readonly now: string
}

export const applyTargetOf = (context: ResourceContext): ApplyTarget => {
  const { schema, ...type } = askedType(context)
  const { schemas, clock } = context.parts
  return {
    fields: fieldTarget(context),
    type,
    now: timestamp(clock.now()),
    read: (merged) => {
      const { object } = decodeValue<KubeObject>(merged, {
        schema,
        schemas,
        fieldValidation: 'Ignore',
        keepsNulls: true,
        converted: true,
      })
      object.metadata ??= {} as KubeObject['metadata']
      return toStored(context, object)
    },
  }
}

/**
 * The object as it is stored with what is applied, its owners included; `stored` may be changed, undefined: there is none. Throws ApiError Conflict for
 * what others own, unless it is forced.
 */
export const applyObject = (target: ApplyTarget, stored: KubeObject | undefined, request: ApplyRequest): KubeObject => {
  const { applied, manager, force } = request
  const { fields, now } = target
  checkApplied(target, applied)
  const before = stored && withoutManagers(stored)
  const live = before ? fields.of(before) : fields.zero
  const managed = ownersBefore(fields, stored, now)
  checkTyped(applied, fields.type, `failed to create typed patch object (${describe(applied)})`)
  if (fields.isLoose)
    checkTyped(live, fields.type, `failed to create typed live object (${describe(live)})`, { duplicates: true })
  const result = trackedApply(fields, {
    stored: before,
    live,
    applied,
    managed,
    manager,
    now,
    toStored: (merged) => readMerged(target, merged, applied),
  })
  if (!force) refuseConflicts(result.conflicts, { target: fields, live, manager })
  if (result.failure !== undefined) throw result.failure
  const object = result.object ?? before ?? readMerged(target, fields.zero, applied)
  if (manager === clientSideApplier) refreshLastApplied(object, applied)
  const entries = entriesOf(result.managed)
  if (entries) object.metadata.managedFields = entries
  return object
}

const trackedApply = (...[target, input]: Parameters<typeof trackApply>): Applied => {
  try {
    return trackApply(target, input)
  } catch (error) {
    throw error instanceof FieldTypeError ? new ApiError('Unknown', error.message, { cause: error }) : error
  }
}

const checkTyped = (object: KubeObject, type: FieldType, what: string, options = {}): void => {
  try {
    validateTyped(object, type, options)
  } catch (error) {
    throw failed(error, what)
  }
}

/** What was there before anybody applied belongs to one who stands for all. */
const ownersBefore = (target: FieldTarget, stored: KubeObject | undefined, now: string): Managed => {
  const managed = storedManaged(stored?.metadata.managedFields)
  if (managed.size > 0 || !stored) return managed
  try {
    return trackUpdate(target, { before: undefined, after: withoutManagers(stored), managed, manager: beforeFirstApply, now })
  } catch (error) {
    const what = `failed to convert new object (${describe(target.of(withoutManagers(stored)))}) to smd typed`
    throw failed(error, `failed to create manager for existing fields: ${what}`)
  }
}

const refuseConflicts = (
  conflicts: readonly Conflict[],
  { target, live, manager }: { target: FieldTarget; live: KubeObject; manager: string },
): void => {
  if (conflicts.length === 0) return
  const allowed = manager === clientSideApplier ? fieldsAppliedByClient(live, target) : undefined
  const left = allowed ? conflicts.filter(({ path }) => !hasPath(allowed, path)) : conflicts
  if (left.length > 0) throw conflictError(left)
}

/** In Go's form of a kind: `apps/v1, Kind=Deployment`. */
const kindText = (object: Partial<KubeObject>): string => {
  const apiVersion = typeof object.apiVersion === 'string' ? object.apiVersion : ''
  const parts = apiVersion.split('/')
  if (parts.length > 2) return '/, Kind='
  const [version = '', group = ''] = parts.reverse()
  return `${group}/${version}, Kind=${typeof object.kind === 'string' ? object.kind : ''}`
}

const checkApplied = ({ type: { group, version, kind } }: ApplyTarget, applied: KubeObject): void => {
  const text = kindText(applied)
  if (text !== `${group}/${version}, Kind=${kind}`) throw badRequest(`invalid object type: ${text}`)
  if (saysManagers(applied.metadata?.managedFields)) throw badRequest('metadata.managedFields must be nil')
}

const entrySchema = 'io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry'

/** What is no list of them is none: what it is instead is found out by its type. */
const saysManagers = (entries: unknown): boolean => {
  if (!Array.isArray(entries)) return false
  try {
    const options = { schema: entrySchema, schemas: loadSchemas(), fieldValidation: 'Ignore', converted: true } as const
    for (const entry of entries) decodeValue(isJsonObject(entry) ? structuredClone(entry) : entry, options)
    return entries.every(isJsonObject)
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}

const describe = (applied: KubeObject): string => {
  const { namespace, name } = applied.metadata ?? {}
  // What is no text is no name.
  const [of, called] = [namespace, name].map((one: unknown) => (typeof one === 'string' ? one : ''))
  return `${of}/${called}; ${kindText(applied)}`
}

const readMerged = (target: ApplyTarget, merged: unknown, applied: KubeObject): KubeObject => {
  try {
    // It shares parts with what is applied, which is applied again after a conflict.
    return target.read(structuredClone(merged))
  } catch (error) {
    const { cause } = error as ApiError
    if (!(cause instanceof DecodeError)) throw error
    throw failed(
      cause,
      `failed to convert new object (${describe(applied)}) to proper version: unable to convert unstructured object to ${kindText(applied)}`,
    )
  }
}

/** Upstream has no reason for these. */
const failed = (error: unknown, what: string): unknown =>
  error instanceof FieldTypeError || error instanceof DecodeError
    ? new ApiError('Unknown', `${what}: ${error.message}`, { cause: error })
    : error
