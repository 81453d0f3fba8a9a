import { jsonEqual } from '../../meta/json-equal.ts'
import type { KubeObject } from '../../meta/object.ts'
import { conflict } from '../../meta/status.ts'
import { timestamp } from '../../platform/clock.ts'
import { type Entry, RevisionConflict } from '../../storage/store.ts'
import type { AdmissionAttributes } from '../admission/admission.ts'
import { conflictIn, keyOf, notFoundIn, type ResourceContext } from '../context.ts'
import { admit, mutate, withReservations } from './admit.ts'
import { attributesOf } from './attributes.ts'
import type { DeleteOptions } from './delete-options.ts'
import { encoder, encodeUnstored, reencoder } from './encode.ts'
import { decodeCurrent, readied, whenReadied } from './served-version.ts'

const orphan = 'orphan'
const foreground = 'foregroundDeletion'
const maxAttempts = 100

export interface DeleteResult {
  /** the object is gone; else it is marked */
  readonly removed: boolean
  readonly object: KubeObject
  readonly bytes: Uint8Array
}

/** Removes an object, or marks it where its kind's grace, finalizers or the policy hold it. */
export const deleteObject = async (context: ResourceContext, name: string, options: DeleteOptions): Promise<DeleteResult> => {
  const key = keyOf(context, name)
  for (let attempt = 1; ; attempt++) {
    const entry = await context.parts.store.get(key)
    if (!entry) throw notFoundIn(context, name)
    try {
      return await deleteOnce(context, entry, options)
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error
      if (!error.current) throw notFoundIn(context, name)
      if (attempt === maxAttempts) throw conflictIn(context, name)
    }
  }
}

const deleteOnce = async (context: ResourceContext, entry: Entry, options: DeleteOptions): Promise<DeleteResult> => {
  const { parts, definition } = context
  const waiting = readied(context, [entry.value])
  if (waiting) await waiting
  const old = decodeCurrent(context, entry.value)
  checkPreconditions(context, old, options.preconditions)
  const { dryRun } = options
  const { name } = old.metadata
  const attributes = attributesOf(context, {
    operation: 'DELETE',
    subresource: '',
    name,
    object: undefined,
    oldObject: old,
    options: options.given,
    dryRun,
  })
  if (!options.admitted) {
    await mutate(parts, attributes)
    await admit(parts, attributes)
  }
  const object = copyToMark(context, { old, entry })
  const held = mark(context, object, options)
  // Who may have grace is told of the end that it got, though that is now.
  if (!held) {
    const { deletionGraceSeconds, renew } = definition
    const isAsStored = !deletionGraceSeconds && !renew
    return remove(context, { entry, object: deletionGraceSeconds ? object : old, isAsStored, attributes })
  }
  if (jsonEqual(object, old)) return { removed: false, object: old, bytes: entry.value }
  if (options.dryRun) {
    return { removed: false, object, bytes: await whenReadied(context, () => encodeUnstored(definition, object)) }
  }
  // No request of its own: what a marked object no longer uses is given back.
  const marking: AdmissionAttributes = { ...attributes, operation: 'UPDATE', subresource: 'deletion', object }
  const encode = await whenReadied(context, () => encoder(definition, object))
  const { value: bytes } = await withReservations(parts, marking, () => parts.store.update(entry.key, entry.revision, encode))
  return { removed: false, object, bytes }
}

/** Marks go into metadata; only who prepares for its deletion changes more. */
const copyToMark = (context: ResourceContext, { old, entry }: { old: KubeObject; entry: Entry }): KubeObject => {
  const { prepareForDeletion, deletionGraceSeconds } = context.definition
  if (prepareForDeletion || deletionGraceSeconds) return decodeCurrent(context, entry.value)
  return { ...old, metadata: { ...old.metadata } }
}

const isNone = (value: string | null | undefined) => value === undefined || value === null

/** Throws ApiError Conflict where the stored object is another, or of another revision. */
export const checkPreconditions = (
  { definition }: ResourceContext,
  { metadata }: KubeObject,
  preconditions: DeleteOptions['preconditions'],
) => {
  const { uid, resourceVersion } = preconditions ?? {}
  const { group, kind, plural, holdsDeletion, deletionFinalizer } = definition
  if (holdsDeletion || deletionFinalizer) {
    // Upstream deletes these by itself, and says so in other words.
    const failed = (what: string, wanted: string | null | undefined, actual: string | undefined) =>
      conflict(
        group,
        plural,
        metadata.name,
        `Precondition failed: ${what} in precondition: ${wanted}, ${what} in object meta: ${actual}`,
      )
    if (!isNone(uid) && uid !== metadata.uid) throw failed('UID', uid, metadata.uid)
    if (!isNone(resourceVersion) && resourceVersion !== metadata.resourceVersion)
      throw failed('ResourceVersion', resourceVersion, metadata.resourceVersion)
    return
  }
  // Upstream names the kind here, not the resource.
  const failed = (message: string) => conflict(group, kind, metadata.name, message)
  if (!isNone(uid) && uid !== metadata.uid) {
    throw failed(
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    )
  }
  if (!isNone(resourceVersion) && resourceVersion !== metadata.resourceVersion) {
    throw failed(
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    )
  }
}

/** Sets what a deletion sets; false: nothing holds the object, it can go at once. */
const mark = ({ parts, definition }: ResourceContext, object: KubeObject, options: DeleteOptions): boolean => {
  const { metadata } = object
  const nowMs = parts.clock.now()
  if (definition.deletionFinalizer && !metadata.deletionTimestamp) {
    metadata.deletionTimestamp = timestamp(nowMs)
    metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), definition.deletionFinalizer])]
    definition.prepareForDeletion?.(object)
    return true
  }
  const graceful = markGrace(object, { definition, options, nowMs })
  if (graceful === 'pending') return true
  metadata.finalizers = finalizersFor(metadata.finalizers ?? [], definition, options)
  if (metadata.finalizers.length === 0) delete metadata.finalizers
  if (graceful) return true
  const holds = definition.holdsDeletion ? definition.holdsDeletion(withDeletion(object, nowMs)) : false
  if (!metadata.finalizers && !holds) return false
  if (!metadata.deletionTimestamp) {
    bumpGeneration(object)
    metadata.deletionTimestamp = timestamp(nowMs)
  } else if (Date.parse(metadata.deletionTimestamp) > nowMs) {
    metadata.deletionTimestamp = timestamp(nowMs)
  }
  // What waits for a list in its spec was given no grace.
  if (!holds) metadata.deletionGracePeriodSeconds = 0
  definition.prepareForDeletion?.(object)
  return true
}

const withDeletion = (object: KubeObject, nowMs: number): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, deletionTimestamp: object.metadata.deletionTimestamp ?? timestamp(nowMs) },
})

const bumpGeneration = ({ metadata }: KubeObject) => {
  if (metadata.generation) metadata.generation += 1
}

/** As Go's durations, which are nanoseconds in 64 bits: seconds beyond 292 years wrap around. */
const durationMs = (seconds: number): number => Number(BigInt.asIntN(64, BigInt(seconds) * 1_000_000_000n) / 1_000_000n)

/** `pending`: it is being deleted already, and no sooner end is asked for. */
const markGrace = (
  object: KubeObject,
  { definition, options, nowMs }: { definition: ResourceContext['definition']; options: DeleteOptions; nowMs: number },
): boolean | 'pending' => {
  const { metadata } = object
  if (!definition.deletionGraceSeconds) return false
  const requested = options.gracePeriodSeconds
  if (metadata.deletionTimestamp) {
    const granted = metadata.deletionGracePeriodSeconds
    if (!granted) return false
    if (requested === undefined || requested >= granted) return 'pending'
    const end = Date.parse(metadata.deletionTimestamp) + durationMs(requested) - durationMs(granted)
    metadata.deletionTimestamp = timestamp(Math.max(end, nowMs))
    metadata.deletionGracePeriodSeconds = end < nowMs && requested !== 0 ? 1 : requested
    return requested > 0
  }
  const granted = definition.deletionGraceSeconds(object, requested)
  if (granted === undefined) return false
  metadata.deletionTimestamp = timestamp(nowMs + durationMs(granted))
  metadata.deletionGracePeriodSeconds = granted
  bumpGeneration(object)
  return granted > 0
}

/** What holds the object for the garbage collector, by the policy asked for, else by what stands there, else by the kind's default. */
const finalizersFor = (
  finalizers: readonly string[],
  { defaultPropagation, hasDependents }: ResourceContext['definition'],
  { orphanDependents, propagationPolicy }: DeleteOptions,
): string[] => {
  if (hasDependents === false) return [...finalizers]
  const others = finalizers.filter((one) => one !== orphan && one !== foreground)
  const asked = orphanDependents !== undefined ? (orphanDependents ? 'Orphan' : 'Background') : propagationPolicy
  if (asked === 'Orphan') return [...others, orphan]
  if (asked === 'Foreground') return [...others, foreground]
  if (asked === 'Background') return others
  if (others.length < finalizers.length) return [...finalizers]
  return defaultPropagation === 'orphan' ? [...others, orphan] : others
}

const remove = async (
  context: ResourceContext,
  removal: { entry: Entry; object: KubeObject; isAsStored: boolean; attributes: AdmissionAttributes },
): Promise<DeleteResult> => {
  const { parts, definition } = context
  const { entry, object, isAsStored, attributes } = removal
  if (attributes.dryRun) {
    return { removed: true, object, bytes: await whenReadied(context, () => encodeUnstored(definition, object)) }
  }
  const again = isAsStored ? reencoder(definition, entry.value) : undefined
  const encode = again ?? (await whenReadied(context, () => encoder(definition, object)))
  const { value: bytes } = await withReservations(parts, attributes, () => parts.store.delete(entry.key, entry.revision, encode))
  return { removed: true, object, bytes }
}
