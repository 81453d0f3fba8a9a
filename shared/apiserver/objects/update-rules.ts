import type { FieldError } from '../../meta/field-error.ts'
import { jsonEqual, specEqual } from '../../meta/json-equal.ts'
import type { KubeObject } from '../../meta/object.ts'
import { timestamp } from '../../platform/clock.ts'
import type { SubresourceUpdate } from '../../resources/definition.ts'
import type { ResourceContext } from '../context.ts'
import { keep } from './metadata.ts'

/** What an update of the main resource or of a subresource keeps and checks. */
export interface UpdateRules {
  readonly prepare: (context: ResourceContext, object: KubeObject, old: KubeObject) => void
  /** When the object is complete. */
  readonly finish?: ((context: ResourceContext, object: KubeObject, old: KubeObject) => void) | undefined
  readonly validate: (context: ResourceContext, object: KubeObject, old: KubeObject) => FieldError[]
}

const countGeneration = ({ definition }: ResourceContext, object: KubeObject, old: KubeObject): void => {
  if (definition.hasGeneration && !(specEqual(object, old) && countedMetadataEqual(definition, object, old))) {
    object.metadata.generation = (old.metadata.generation ?? 0) + 1
  }
}

/** An update of the main resource: status stays as it is where it has a subresource of its own. */
export const mainRules: UpdateRules = {
  prepare: ({ definition }, object, old) => {
    if (definition.subresources?.status && !definition.writesStatus) keep(object, old, ['status'])
    definition.prepareForUpdate?.(object, old)
  },
  finish: (context, object, old) => {
    countGeneration(context, object, old)
    context.definition.finishUpdate?.(object, old)
  },
  validate: ({ definition, warnings }, object, old) => {
    const findings = definition.validate?.(object) ?? []
    const changes = definition.validateUpdate?.(object, old, (text) => warnings.push(text)) ?? []
    return definition.validatesUpdateFirst ? [...changes, ...findings] : [...findings, ...changes]
  },
}

/** An update of status keeps everything else but metadata, of which a kind may keep some too. */
export const statusRules: UpdateRules = {
  prepare: ({ definition, parts }, object, old) => {
    const { status, metadata } = object
    for (const field of Object.keys(object)) if (!(field in old)) delete object[field]
    Object.assign(object, old, { metadata })
    if (status === undefined) delete object.status
    else object.status = status
    definition.prepareForStatusUpdate?.(object, old, timestamp(parts.clock.now()))
  },
  validate: ({ definition, warnings }, object, old) =>
    definition.validateStatusUpdate?.(object, old, (text) => warnings.push(text)) ?? [],
}

/** An update of a subresource that says on its definition what it may change. */
export const subresourceRules: UpdateRules = {
  prepare: (context, object, old) => updateOf(context).prepare(object, old, timestamp(context.parts.clock.now())),
  finish: countGeneration,
  validate: (context, object, old) => updateOf(context).validate(object, old),
}

const updateOf = ({ definition, info }: ResourceContext) =>
  definition.subresources!.others![info.subresource]!.update as unknown as SubresourceUpdate<KubeObject>

const countedMetadataEqual = (
  { generationMetadata = [] }: ResourceContext['definition'],
  { metadata }: KubeObject,
  { metadata: old }: KubeObject,
) => generationMetadata.every((field) => jsonEqual(metadata[field] ?? {}, old[field] ?? {}))
