import { Buffer } from 'node:buffer'
import { invalid, invalidValue } from '../../meta/field-error.ts'
import type { KubeObject } from '../../meta/object.ts'
import { ApiError, badRequest, conflict } from '../../meta/status.ts'
import { age, integer, nameColumn } from '../../resources/column.ts'
import type { Column, ScaleMapping } from '../../resources/definition.ts'
import { applyObject } from '../apply/apply-object.ts'
import { checkDuplicates, readApply } from '../apply/read-applied.ts'
import { giveManagers, scaleApplyTarget, scaleFields, takeManagers } from '../apply/scale-managers.ts'
import { trackWriteOf } from '../apply/track-write.ts'
import { readTyped } from '../body.ts'
import { isDryRun, keyOf, notFoundIn, type ResourceContext } from '../context.ts'
import { mutate } from '../objects/admit.ts'
import { attributesOf } from '../objects/attributes.ts'
import { decodePatchedAs } from '../objects/decode.ts'
import { matchNamespace } from '../objects/metadata.ts'
import { validateMetadata } from '../objects/metadata-validation.ts'
import { nameMissing } from '../objects/name-missing.ts'
import { isApply, readPatch } from '../objects/patch.ts'
import { decodeCurrent, readied } from '../objects/served-version.ts'
import { updateObject } from '../objects/update.ts'
import { mainRules } from '../objects/update-rules.ts'
import { checkWriteOptions } from '../objects/write-options.ts'
import { negotiate, objectForms } from '../represent/negotiate.ts'
import { respondObject } from '../represent/respond.ts'
import type { ApiResponse } from '../request.ts'

/** autoscaling/v1 Scale of any kind that says how. */
interface Scale extends KubeObject {
  spec: { replicas?: number | undefined }
  status?: { replicas?: number; selector?: string | undefined }
}

const scaleType = { schema: 'io.k8s.api.autoscaling.v1.Scale', group: 'autoscaling', version: 'v1', kind: 'Scale' }

const { format: _format, ...plainName } = nameColumn(0)

const replicasColumns = (desired: string, available: string) => [
  integer('Desired', desired, ({ spec }: Scale) => spec.replicas ?? 0),
  integer('Available', available, ({ status }: Scale) => status?.replicas ?? 0),
]

const scaleColumns = [
  plainName,
  ...replicasColumns(
    'replicas is the desired number of instances for the scaled object.',
    'replicas is the actual number of observed instances of the scaled object.',
  ),
  age,
] as unknown as Column<KubeObject>[]

const customScaleColumns = [
  ...replicasColumns('Number of desired replicas', 'Number of actual replicas'),
  { ...age, type: 'date' },
] as unknown as Column<KubeObject>[]

const mappingOf = ({ definition }: ResourceContext) => definition.subresources!.scale as unknown as ScaleMapping<KubeObject>

const scaleOf = (context: ResourceContext, object: KubeObject): Scale => {
  const mapping = mappingOf(context)
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const replicas = mapping.replicas(object)
  const selector = mapping.selector(object)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    spec: replicas ? { replicas } : {},
    status: { replicas: mapping.statusReplicas(object), ...(selector ? { selector } : {}) },
  }
}

const respondScale = async (context: ResourceContext, bytes: Uint8Array): Promise<ApiResponse> => {
  await readied(context, [bytes])
  const { renew: _renew, ...definition } = {
    ...context.definition,
    columns: context.definition.custom ? customScaleColumns : scaleColumns,
  }
  return respondObject({ ...context, definition, servedAs: undefined }, negotiate(context.request, objectForms), {
    bytes: Buffer.from(JSON.stringify(scaleOf(context, decodeCurrent(context, bytes)))),
  })
}

export const getScale = async (context: ResourceContext): Promise<ApiResponse> => {
  const { parts, info } = context
  const entry = await parts.store.get(keyOf(context))
  if (!entry) throw notFoundIn(context, info.name)
  await readied(context, [entry.value])
  const mapping = mappingOf(context)
  if (mapping.replicas(decodeCurrent(context, entry.value)) === undefined) {
    const why = `the spec replicas field ${JSON.stringify(pathText(mapping))} does not exist`
    throw new ApiError('InternalError', `Internal error occurred: ${why}`, { details: { causes: [{ message: why }] } })
  }
  return respondScale(context, entry.value)
}

const pathText = ({ path = ['spec', 'replicas'] }: ScaleMapping<KubeObject>) => `.${path.join('.')}`

/** A Scale's is looked at as that of most kinds. */
const plainMetadata = { validateName: undefined, unqualifiedFinalizers: undefined } as const

/** Replicas where the object says none, so that a patch which says none either is told from one that takes them away. */
const unsaid = -(2 ** 31)

/** The object with what a Scale says: replicas, and the revision it insists on. */
const withScale = (context: ResourceContext, object: KubeObject, scale: Scale): KubeObject => {
  const mapping = mappingOf(context)
  const replicas = scale.spec?.replicas ?? 0
  if (!Number.isInteger(replicas) || replicas > 2 ** 31 - 1 || replicas < unsaid) {
    const what = typeof replicas === 'number' || typeof replicas === 'bigint' ? `number ${replicas}` : typeof replicas
    throw badRequest(
      `Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal ${what} into Go struct field ScaleSpec.spec.replicas of type int32`,
    )
  }
  const errors = [
    ...validateMetadata({ ...context.definition, ...plainMetadata }, scale),
    ...(replicas < 0 && !mapping.isChecked
      ? [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')]
      : []),
  ]
  if (errors.length > 0) throw invalid('autoscaling', 'Scale', object.metadata.name, errors)
  if (replicas === unsaid) {
    throw badRequest(`the spec replicas field ${JSON.stringify(pathText(mapping))} cannot be empty`)
  }
  mapping.setReplicas(object, replicas)
  const { resourceVersion, uid } = scale.metadata
  if (uid && uid !== object.metadata.uid) {
    const { group, plural } = context.definition
    throw conflict(
      group,
      `${plural}/scale`,
      object.metadata.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${object.metadata.uid}`,
    )
  }
  if (resourceVersion) object.metadata.resourceVersion = resourceVersion
  else delete object.metadata.resourceVersion
  return object
}

/** `ofCurrent`: what is made of the current scale holds for any revision, but shows that one */
const change = async (
  context: ResourceContext,
  scaleFrom: (current: Scale) => Scale,
  { uid, ofCurrent = false }: { uid?: string | undefined; ofCurrent?: boolean },
): Promise<ApiResponse> => {
  const { info, parts } = context
  const dryRun = isDryRun(context)
  const attributesAs = (object: Scale, oldObject: Scale) =>
    attributesOf(context, { operation: 'UPDATE', bodyKind: scaleType, object, oldObject, dryRun })
  negotiate(context.request, objectForms)
  const { bytes } = await updateObject(context, {
    name: info.name,
    transform: async (read) => {
      const current = read!()
      const before = scaleOf(context, current)
      if (mappingOf(context).replicas(current) === undefined) before.spec.replicas = unsaid
      giveManagers(context, before, current)
      const scale = scaleFrom(before)
      const { resourceVersion } = scale.metadata
      if (ofCurrent) scale.metadata.resourceVersion ||= before.metadata.resourceVersion
      await mutate(parts, attributesAs(scale, before))
      // Admission changes no revision that the client insists on.
      if (resourceVersion) scale.metadata.resourceVersion = resourceVersion
      else delete scale.metadata.resourceVersion
      const object = withScale(context, current, scale)
      takeManagers(context, object, scale)
      return object
    },
    unconditional: true,
    subresource: info.subresource,
    rules: mainRules,
    admitAs: (object, old) => attributesAs(scaleOf(context, object), scaleOf(context, old)),
    dryRun,
    uid,
  })
  return respondScale(context, bytes)
}

/** The Scale with who owns it after an ordinary write of the request's. */
const tracked = (context: ResourceContext, scale: Scale, before: Scale): Scale => {
  const object = { ...scale, metadata: { ...scale.metadata } }
  trackWriteOf(scaleFields(context), context, { object, stored: before })
  return object
}

export const updateScale = async (context: ResourceContext): Promise<ApiResponse> => {
  checkWriteOptions(context.request, 'UpdateOptions')
  const body = await readTyped<Scale>(context, scaleType)
  checkName(context, body)
  return change(context, (current) => tracked(context, body, current), { uid: body.metadata.uid || undefined })
}

export const patchScale = async (context: ResourceContext): Promise<ApiResponse> => {
  if (isApply(context.request)) return applyScale(context)
  checkWriteOptions(context.request, 'PatchOptions')
  const patch = await readPatch(context)
  const target = { schema: scaleType.schema, schemas: context.parts.schemas }
  return change(
    context,
    (current) => {
      const apply = () => patch.apply(current, target)
      const patched = apply()
      const by = { shown: () => patch.shown(apply()), refused: patch.refused() }
      const scale = decodePatchedAs<Scale>(context, patched, { type: scaleType, ...by })
      checkName(context, scale)
      return tracked(context, withoutRevision(scale, current), current)
    },
    { ofCurrent: true },
  )
}

/** The revision that it was made of is no wish of the client's: after a conflict it is made again. */
const withoutRevision = (scale: Scale, before: Scale): Scale => {
  const { resourceVersion, ...metadata } = scale.metadata
  return resourceVersion === before.metadata.resourceVersion ? { ...scale, metadata } : scale
}

const checkName = ({ info, definition }: ResourceContext, { metadata }: Scale): void => {
  matchNamespace(definition, metadata, info.namespace)
  if (!metadata.name) throw nameMissing(info.name)
  if (metadata.name !== info.name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${info.name})`)
  }
}

const applyScale = async (context: ResourceContext): Promise<ApiResponse> => {
  checkWriteOptions(context.request, 'PatchOptions', true)
  const { duplicates, ...what } = await readApply(context.request)
  return change(
    context,
    (current) => {
      const scale = applyObject(scaleApplyTarget(context), current, what) as Scale
      checkDuplicates(context, duplicates)
      checkName(context, scale)
      return withoutRevision(scale, current)
    },
    { ofCurrent: true },
  )
}
