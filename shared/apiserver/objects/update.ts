import { complete } from '../../meta/complete.ts'
import { type FieldError, invalid, invalidValue } from '../../meta/field-error.ts'
import { jsonEqual, jsonEqualBut } from '../../meta/json-equal.ts'
import type { KubeObject } from '../../meta/object.ts'
import { isReason } from '../../meta/status.ts'
import { type Entry, KeyExists, RevisionConflict } from '../../storage/store.ts'
import type { AdmissionAttributes } from '../admission/admission.ts'
import { confirmNoEscalation } from '../authz/escalation.ts'
import { conflictIn, keyOf, notFoundIn, type ResourceContext } from '../context.ts'
import { admit, mutate, withReservations } from './admit.ts'
import { attributesOf } from './attributes.ts'
import { createObject, warnOfRepeatedOwners } from './create.ts'
import { encoder, encodeUnstored, isOfStoredVersion } from './encode.ts'
import { isFinished } from './finished.ts'
import { inGoOrder } from './go-order.ts'
import { dropEmpty, keep, matchNamespace } from './metadata.ts'
import { validateMetadataUpdate } from './metadata-validation.ts'
import { decodeCurrent, readied, whenReadied } from './served-version.ts'
import type { UpdateRules } from './update-rules.ts'
import { validateAround } from './validate-around.ts'

/** Rounds against other writers before a client that named no revision is told of the conflict. */
const maxAttempts = 100

export interface UpdateOptions {
  readonly name: string
  /**
   * The object wanted, which is changed from then on; defaulted. Called again when another writer was faster. `read` makes a copy of what is
   * stored, another one each time; it is undefined when the object does not exist and the kind lets an update create it.
   */
  readonly transform: (read: (() => KubeObject) | undefined) => KubeObject | Promise<KubeObject>
  /** '' for the main resource; what differs is said by `rules` */
  readonly subresource: string
  readonly rules: UpdateRules
  /**
   * Writes into the object who owns its fields; default: `transform` did, or nobody owns what is written, as upstream has it where no client
   * writes the object itself.
   */
  readonly track?: ((context: ResourceContext, object: KubeObject, stored: KubeObject) => void) | undefined
  readonly dryRun: boolean
  /** the object must have this uid */
  readonly uid?: string | undefined
  readonly mayCreate?: boolean | undefined
  /** whatever the kind says of a PUT; `transform` says who owns what is created */
  readonly applies?: boolean | undefined
  /**
   * What admission is told of instead, where the client writes no object of the kind: `transform` has let it be changed already. Undefined: nobody
   * looks. Default: the object itself.
   */
  readonly admitAs?: ((object: KubeObject, old: KubeObject) => AdmissionAttributes | undefined) | undefined
  /** holds for any revision, whatever the kind asks of a PUT */
  readonly unconditional?: boolean | undefined
}

export interface UpdateResult {
  readonly bytes: Uint8Array
  readonly created: boolean
}

/** Reads, changes and writes one object; the write is conditional on what was read. */
export const updateObject = async (context: ResourceContext, options: UpdateOptions): Promise<UpdateResult> => {
  const key = keyOf(context, options.name)
  const { store } = context.parts
  for (let attempt = 1; ; attempt++) {
    const entry = await store.get(key)
    try {
      if (!entry) return await createInstead(context, options)
      return { bytes: await updateOnce(context, entry, options), created: false }
    } catch (error) {
      if (error instanceof RetryableConflict && attempt < maxAttempts) continue
      if (error instanceof RetryableConflict || error instanceof RevisionConflict) throw conflictIn(context, options.name)
      throw error
    }
  }
}

/** Another writer was faster, and the client did not insist on a revision. */
class RetryableConflict extends Error {}

const createInstead = async (context: ResourceContext, options: UpdateOptions): Promise<UpdateResult> => {
  const { definition } = context
  const mayCreate = options.applies || (options.mayCreate && definition.createOnUpdate)
  if (!mayCreate) throw notFoundIn(context, options.name)
  if (options.uid !== undefined) throw preconditionFailed(context, options.name, { what: 'UID', wanted: options.uid, actual: '' })
  try {
    const object = await whenReadied(context, () => options.transform(undefined))
    const { dryRun, applies: tracked } = options
    return { bytes: await createObject(context, object, { dryRun, tracked, byUpdate: true }), created: true }
  } catch (error) {
    // Not who only says so: a webhook may.
    if (isReason(error, 'AlreadyExists') && error.cause instanceof KeyExists) throw new RetryableConflict()
    throw error
  }
}

const updateOnce = async (context: ResourceContext, entry: Entry, options: UpdateOptions): Promise<Uint8Array> => {
  const { parts, definition, info } = context
  const waiting = readied(context, [entry.value])
  if (waiting) await waiting
  const old = decodeCurrent(context, entry.value)
  checkUid(context, old, options)
  const object = await whenReadied(context, () => options.transform(() => decodeCurrent(context, entry.value)))
  const insists = checkRevision(context, { object, entry, options })
  matchNamespace(definition, object.metadata, info.namespace)
  // What was made of the stored object is of its revision, though the client did not insist.
  if (options.unconditional) object.metadata.resourceVersion = old.metadata.resourceVersion
  warnOfRepeatedOwners(context, object)
  if (options.track) await trackOwners(context, options.track, { object, old })
  const { name, subresource, dryRun, admitAs } = options
  const attributes = attributesOf(context, { operation: 'UPDATE', subresource, name, object, oldObject: old, dryRun })
  if (!admitAs && (await mutate(parts, attributes))) {
    matchNamespace(definition, object.metadata, info.namespace)
    warnOfRepeatedOwners(context, object, 'after mutating admission happens')
  }
  if (definition.grants) await confirmNoEscalation(context, object, old)
  const around = validateAround(context, object, { subresource: options.subresource, old })
  prepare(context, { object, old, options, around: around ? await around : [] })
  const seen = admitAs ? admitAs(object, old) : attributes
  if (seen) await admit(parts, seen)
  if (isUnchanged(context, { object, old }) && isAsStored(context, entry)) return entry.value
  try {
    return await write(context, { entry, object, attributes })
  } catch (error) {
    if (error instanceof RevisionConflict && !insists) throw new RetryableConflict()
    throw error
  }
}

/**
 * Who owns what is told in the versions of all owners. When one can't be made the owners stay as they were: whoever mends an object must not
 * have to wait for a webhook that is gone.
 */
const trackOwners = async (
  context: ResourceContext,
  track: NonNullable<UpdateOptions['track']>,
  { object, old }: { object: KubeObject; old: KubeObject },
): Promise<void> => {
  try {
    await whenReadied(context, () => track(context, object, old))
  } catch (error) {
    if (!context.conversions) throw error
    context.parts.log.warn('the owners of an object stay as they were', { path: context.request.path, error })
    const { managedFields } = old.metadata
    if (managedFields) object.metadata.managedFields = managedFields
    else delete object.metadata.managedFields
  }
}

const checkUid = (context: ResourceContext, { metadata }: KubeObject, { name, uid }: UpdateOptions): void => {
  if (uid === undefined || uid === metadata.uid) return
  throw preconditionFailed(context, name, { what: 'UID', wanted: uid, actual: metadata.uid })
}

/** 0 is none. */
const namesRevision = ({ metadata: { resourceVersion } }: KubeObject): boolean => !!resourceVersion && resourceVersion !== '0'

/** Of what a patch made, whose kind wants a revision to be named, though that of what was patched will do. Throws ApiError. */
export const checkNamesRevision = ({ definition }: ResourceContext, object: KubeObject): void => {
  if (definition.unconditionalUpdate === false && !namesRevision(object)) throw revisionMissing(definition, object.metadata.name)
}

/** Whether the client insists on the revision it named. */
const checkRevision = (
  context: ResourceContext,
  { object, entry, options }: { object: KubeObject; entry: Entry; options: UpdateOptions },
): boolean => {
  const { definition } = context
  const { unconditional } = options
  const wanted = object.metadata.resourceVersion
  const named = namesRevision(object)
  if (!named && !unconditional && definition.unconditionalUpdate === false) {
    throw revisionMissing(definition, object.metadata.name)
  }
  if (named && wanted !== String(entry.revision)) throw conflictIn(context, entry.key.name)
  return named
}

/** Upstream names the resource here, and the revision as a number. */
const revisionMissing = ({ group, plural }: ResourceContext['definition'], name: string) =>
  invalid(group, plural, name, [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')])

export const preconditionFailed = (
  context: ResourceContext,
  name: string,
  { what, wanted, actual }: { what: 'UID' | 'ResourceVersion'; wanted: string; actual: string | undefined },
) => {
  const { definition, info } = context
  const key = ['/registry', definition.plural, ...(definition.namespaced ? [info.namespace] : []), name].join('/')
  return conflictIn(
    context,
    name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ${what} in precondition: ${wanted}, ${what} in object meta: ${actual}`,
  )
}

const prepare = (
  context: ResourceContext,
  {
    object,
    old,
    options,
    around,
  }: { object: KubeObject; old: KubeObject; options: UpdateOptions; around: readonly FieldError[] },
): void => {
  const { definition, parts } = context
  const { metadata } = object
  keep(metadata, old.metadata, ['creationTimestamp', 'generation', 'selfLink'])
  // On what is not being deleted they are refused: nobody is made to believe that it was.
  if (old.metadata.deletionTimestamp) keep(metadata, old.metadata, ['deletionTimestamp'])
  if (metadata.deletionGracePeriodSeconds === undefined) keep(metadata, old.metadata, ['deletionGracePeriodSeconds'])
  metadata.resourceVersion = old.metadata.resourceVersion
  metadata.uid ||= old.metadata.uid
  const { managedFields } = metadata
  options.rules.prepare(context, object, old)
  if (managedFields) object.metadata.managedFields = managedFields
  else delete object.metadata.managedFields
  dropEmpty(object)
  // What is stored is complete, and only like is compared with like.
  complete(object, definition.schema, parts.schemas)
  options.rules.finish?.(context, object, old)
  const { subresource } = options
  const errorsOf = (now: KubeObject, before: KubeObject) => [
    ...validateMetadataUpdate(definition, { object: now, old: before, subresource }),
    ...options.rules.validate(context, now, before),
  ]
  if (around.length > 0 || errorsOf(object, old).length > 0) {
    const { group, kind, schema } = definition
    throw invalid(group, kind, metadata.name, [...around, ...errorsOf(inGoOrder(object, schema), inGoOrder(old, schema))])
  }
  definition.finish?.(object)
  if (subresource === '') context.warnings.push(...(definition.warnings?.(object, old) ?? []))
  if (subresource === 'status') context.warnings.push(...(definition.statusWarnings?.(object) ?? []))
}

const isUnchanged = ({ definition }: ResourceContext, { object, old }: { object: KubeObject; old: KubeObject }) =>
  !isFinished(definition, object) &&
  sameManagers(object, old) &&
  jsonEqualBut(besides, object, old) &&
  jsonEqualBut(managers, object.metadata, old.metadata)

const besides: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata'])
const managers: ReadonlySet<string> = new Set(['managedFields'])

/** What is stored in another version is stored anew, though nothing of it changes. */
const isAsStored = ({ definition }: ResourceContext, { value }: Entry) =>
  !definition.renew || isOfStoredVersion(definition, value)

/** That a manager wrote the same again, later, is no change. */
const sameManagers = ({ metadata: { managedFields = [] } }: KubeObject, { metadata: { managedFields: old = [] } }: KubeObject) =>
  managedFields.length === old.length &&
  managedFields.every((entry, index) => entry === old[index] || jsonEqual({ ...entry, time: '' }, { ...old[index], time: '' }))

const write = async (
  context: ResourceContext,
  { entry, object, attributes }: { entry: Entry; object: KubeObject; attributes: AdmissionAttributes },
): Promise<Uint8Array> => {
  const { parts, definition } = context
  const { store } = parts
  if (attributes.dryRun) {
    return withReservations(parts, attributes, async () => whenReadied(context, () => encodeUnstored(definition, object)))
  }
  // What was reserved stands in it.
  const encode = async () => whenReadied(context, () => encoder(definition, object))
  if (isFinished(definition, object)) {
    const removal: AdmissionAttributes = { ...attributes, operation: 'DELETE', object: undefined }
    return withReservations(parts, removal, async () => (await store.delete(entry.key, entry.revision, await encode())).value)
  }
  const { ttlSeconds } = definition
  return withReservations(
    parts,
    attributes,
    async () => (await store.update(entry.key, entry.revision, await encode(), { ttlSeconds })).value,
  )
}
