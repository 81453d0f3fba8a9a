import { complete } from '../../meta/complete.ts'
import { type FieldError, invalid } from '../../meta/field-error.ts'
import type { KubeObject } from '../../meta/object.ts'
import { ApiError, alreadyExists } from '../../meta/status.ts'
import { withoutManagers } from '../../meta/without-managers.ts'
import { timestamp } from '../../platform/clock.ts'
import { nameSuffix } from '../../platform/random.ts'
import { KeyExists } from '../../storage/store.ts'
import type { AdmissionAttributes } from '../admission/admission.ts'
import { trackWrite } from '../apply/track-write.ts'
import { authorize } from '../authz/authorize-request.ts'
import { confirmNoEscalation } from '../authz/escalation.ts'
import { keyOf, type ResourceContext } from '../context.ts'
import { admit, mutate, withReservations } from './admit.ts'
import { attributesOf } from './attributes.ts'
import { decodeMetadata } from './decode-metadata.ts'
import { encoder, encodeUnstored } from './encode.ts'
import { inGoOrder } from './go-order.ts'
import { dropEmpty, dropRepeatedOwners, matchNamespace, wipeSystemFields } from './metadata.ts'
import { validateMetadata, validatePathNames } from './metadata-validation.ts'
import { whenReadied } from './served-version.ts'
import { validateAround } from './validate-around.ts'

const maxGeneratedNameLength = 63
/** Another name is tried when a generated one is taken. */
const generateNameAttempts = 8

export interface CreateOptions {
  readonly dryRun: boolean
  /** the request is another one, whose user may not be allowed to create; default false */
  readonly byUpdate?: boolean | undefined
  /** the object says already who owns its fields; default: whoever makes the request owns all */
  readonly tracked?: boolean | undefined
}

/** Creates an object that is decoded and defaulted; answers what is stored. */
export const createObject = async (context: ResourceContext, object: KubeObject, options: CreateOptions): Promise<Uint8Array> => {
  const { definition, info, parts } = context
  const { metadata } = object
  wipeSystemFields(metadata, options.byUpdate === true)
  matchNamespace(definition, metadata, info.namespace)
  warnOfRepeatedOwners(context, object)
  if (!options.tracked) await whenReadied(context, () => trackWrite(context, object, undefined))
  const { dryRun } = options
  const attributes = attributesOf(context, {
    operation: 'CREATE',
    name: metadata.name ?? '',
    object,
    oldObject: undefined,
    dryRun,
  })
  if (await mutate(parts, attributes)) {
    wipeSystemFields(object.metadata, options.byUpdate === true)
    matchNamespace(definition, object.metadata, info.namespace)
    warnOfRepeatedOwners(context, object, 'after mutating admission happens')
  }
  // From here on it is what will be stored, but for a name that is taken.
  const { name, generateName: generated } = object.metadata
  object.metadata.uid = parts.random.uuid()
  object.metadata.creationTimestamp = timestamp(parts.clock.now())
  for (let attempt = 1; ; attempt++) {
    if (!name && generated) object.metadata.name = generateName(context, generated)
    try {
      if (name || !generated) return await createOnce(context, attributes, options)
      // Of the name before, nothing stays: a kind may have written it elsewhere in the object.
      return await createOnce(context, { ...attributes, object: copyOf(object) }, options)
    } catch (error) {
      if (!(error instanceof KeyExists)) throw error
      if (!name && generated && attempt < generateNameAttempts) continue
      throw alreadyThere(context, object, error)
    }
  }
}

/** Who owns its fields is never changed in place. */
const copyOf = (object: KubeObject): KubeObject => {
  const { managedFields } = object.metadata
  const copy = structuredClone(withoutManagers(object))
  if (managedFields) copy.metadata.managedFields = managedFields
  return copy
}

const createOnce = async (
  context: ResourceContext,
  attributes: AdmissionAttributes,
  { dryRun, byUpdate }: CreateOptions,
): Promise<Uint8Array> => {
  const { definition, info, parts, user } = context
  const object = attributes.object!
  if (definition.grants) await confirmNoEscalation(context, object, undefined)
  const around = validateAround(context, object, { subresource: '', old: undefined })
  prepare(context, object, around ? await around : [])
  if (byUpdate) await authorize(parts.authorizer, { user, info: { ...info, verb: 'create' } })
  await admit(parts, attributes)
  return withReservations(parts, attributes, async () => {
    if (dryRun) return dryCreate(context, object)
    // What was reserved stands in it.
    const encode = await whenReadied(context, () => encoder(definition, object))
    const entry = await parts.store.create(keyOf(context, object.metadata.name), encode, {
      ttlSeconds: definition.ttlSeconds,
    })
    return entry.value
  })
}

const prepare = (
  { definition, parts, warnings, user }: ResourceContext,
  object: KubeObject,
  around: readonly FieldError[],
): void => {
  if (definition.hasGeneration) object.metadata.generation = 1
  warnings.push(...(definition.prepareForCreate?.(object, user) ?? []))
  dropEmpty(object)
  complete(object, definition.schema, parts.schemas)
  const { group, kind } = definition
  if (around.length > 0 || errorsOf(definition, object).length > 0)
    throw invalid(group, kind, object.metadata.name, [...around, ...errorsOf(definition, inGoOrder(object, definition.schema))])
  warnings.push(...(definition.warnings?.(object, undefined) ?? []))
  definition.finish?.(object)
}

const errorsOf = (definition: ResourceContext['definition'], object: KubeObject): FieldError[] => {
  const metadataErrors = validateMetadata(definition, object)
  const others = [...(definition.validate?.(object) ?? []), ...(definition.validateCreate?.(object) ?? [])]
  const errors = definition.metadataLast && others.length > 0 ? others : [...metadataErrors, ...others]
  return errors.length > 0 ? errors : validatePathNames(object.metadata)
}

const dryCreate = async (context: ResourceContext, object: KubeObject) => {
  const key = keyOf(context, object.metadata.name)
  const current = await context.parts.store.get(key)
  if (current) throw new KeyExists(current)
  return whenReadied(context, () => encodeUnstored(context.definition, object))
}

const generateName = ({ parts, definition }: ResourceContext, prefix: string) => {
  if (definition.namesByPrefix) return prefix
  const suffix = nameSuffix(parts.random)
  return `${prefix.slice(0, maxGeneratedNameLength - suffix.length)}${suffix}`
}

/** Says of what is there that it is about to go, and of who let a name be made that it was taken, though he chose the name. */
const alreadyThere = ({ definition, info }: ResourceContext, { metadata }: KubeObject, cause: KeyExists): ApiError => {
  const { message, details } = alreadyExists(info.group, definition.plural, metadata.name)
  const before = decodeMetadata(cause.current.value).metadata.deletionTimestamp ? 'object is being deleted: ' : ''
  return metadata.generateName
    ? new ApiError('AlreadyExists', `${before}${message}, the server was not able to generate a unique name for the object`, {
        details: { ...details, retryAfterSeconds: 1 },
        cause,
      })
    : new ApiError('AlreadyExists', `${before}${message}`, { details: { ...details }, cause })
}

/** `when`: other than in what the client sent */
export const warnOfRepeatedOwners = ({ warnings }: ResourceContext, { metadata }: KubeObject, when = ''): void => {
  const repeated = dropRepeatedOwners(metadata)
  if (repeated.length > 0) {
    warnings.push(
      `.metadata.ownerReferences contains duplicate entries${when && ` ${when}`}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${repeated.join(', ')}`,
    )
  }
}
