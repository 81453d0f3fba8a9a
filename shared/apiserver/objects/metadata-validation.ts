import { type FieldError, forbiddenField, invalidValue, requiredValue, tooLong } from '../../meta/field-error.ts'
import { dns1123Label, dns1123Subdomain, labelValue, pathSegment, qualifiedName } from '../../meta/names.ts'
import type { KubeObject } from '../../meta/object.ts'
import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from '../../meta/object-meta.ts'
import type { KindDefinition } from '../../resources/definition.ts'
import { knownOrQualifiedFinalizer } from '../../resources/validation/finalizer.ts'
import { each } from '../../resources/validation/value.ts'
import { managerErrors } from './write-options.ts'

const annotationsLimitBytes = 256 * 1024
const orphan = 'orphan'
const foreground = 'foregroundDeletion'

/** Findings about the metadata of any object, as apimachinery's ValidateObjectMeta. */
export const validateMetadata = (definition: KindDefinition, object: KubeObject): FieldError[] => {
  const { metadata } = object
  const nameFindings = definition.validateName ?? dns1123Subdomain
  const errors: FieldError[] = []
  if (metadata.generateName) {
    for (const text of nameFindings(metadata.generateName, true, object)) {
      errors.push(invalidValue('metadata.generateName', metadata.generateName, text))
    }
  }
  if (!metadata.name) errors.push(requiredValue('metadata.name', 'name or generateName is required'))
  else
    for (const text of nameFindings(metadata.name, false, object)) errors.push(invalidValue('metadata.name', metadata.name, text))
  if ((metadata.generation ?? 0) < 0)
    errors.push(invalidValue('metadata.generation', metadata.generation, 'must be greater than or equal to 0'))
  return [...errors, ...validateNamespace(definition, metadata), ...validateCommon(definition, metadata, undefined)]
}

const validateNamespace = ({ namespaced }: KindDefinition, { namespace }: ObjectMeta): FieldError[] => {
  if (!namespaced) return namespace ? [forbiddenField('metadata.namespace', 'not allowed on this type')] : []
  if (!namespace) return [requiredValue('metadata.namespace')]
  return dns1123Label(namespace).map((text) => invalidValue('metadata.namespace', namespace, text))
}

/** `subresource`: of an update; undefined: of a creation */
const validateCommon = (definition: KindDefinition, metadata: ObjectMeta, subresource: string | undefined): FieldError[] => [
  ...validateLabels(metadata.labels),
  ...validateAnnotations(metadata.annotations),
  ...validateOwners(metadata.ownerReferences ?? []),
  ...validateFinalizers(metadata.finalizers ?? []),
  ...(metadata.managedFields ?? []).flatMap(validateManager),
  ...(takesUnqualified(definition, subresource)
    ? []
    : each('metadata.finalizers', metadata.finalizers, knownOrQualifiedFinalizer)),
]

const takesUnqualified = ({ unqualifiedFinalizers = false }: KindDefinition, subresource: string | undefined): boolean =>
  typeof unqualifiedFinalizers === 'boolean'
    ? unqualifiedFinalizers
    : subresource !== undefined && unqualifiedFinalizers.includes(subresource)

/** Findings about names that could be no part of a path, whatever the kind thinks of them. */
export const validatePathNames = (metadata: ObjectMeta): FieldError[] =>
  (['generateName', 'name'] as const).flatMap((field) => {
    const name = metadata[field]
    if (!name) return []
    return pathSegment(name, field === 'generateName').map((text) => invalidValue(`metadata.${field}`, name, text))
  })

const maxSubresourceLength = 256

/** What is wrong with who owns what beyond this was never taken from the client. */
const validateManager = ({ manager = '', subresource = '' }: ManagedFieldsEntry, index: number): FieldError[] => {
  const field = `metadata.managedFields[${index}]`
  const long = Buffer.byteLength(subresource) > maxSubresourceLength
  return [...managerErrors(`${field}.manager`, manager), ...(long ? [tooLong(`${field}.subresource`, maxSubresourceLength)] : [])]
}

export const validateLabels = (labels: ObjectMeta['labels']): FieldError[] => {
  const errors: FieldError[] = []
  for (const [key, value] of Object.entries(labels ?? {})) {
    for (const text of qualifiedName(key)) errors.push(invalidValue('metadata.labels', key, text))
    for (const text of labelValue(value)) errors.push(invalidValue('metadata.labels', value, text))
  }
  return errors
}

export const validateAnnotations = (annotations: ObjectMeta['annotations'], field = 'metadata.annotations'): FieldError[] => {
  const errors: FieldError[] = []
  let bytes = 0
  for (const [key, value] of Object.entries(annotations ?? {})) {
    for (const text of qualifiedName(key.toLowerCase())) errors.push(invalidValue(field, key, text))
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value)
  }
  if (bytes > annotationsLimitBytes) errors.push(tooLong(field, annotationsLimitBytes))
  return errors
}

const validateOwners = (owners: readonly OwnerReference[]): FieldError[] => {
  const errors: FieldError[] = []
  let controller: string | undefined
  for (const owner of owners) {
    const field = 'metadata.ownerReferences'
    const parts = owner.apiVersion?.split('/') ?? []
    if (!parts.at(-1) || parts.length > 2) {
      errors.push(invalidValue(`${field}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'))
    }
    for (const key of ['kind', 'name', 'uid'] as const) {
      if (!owner[key]) errors.push(invalidValue(`${field}.${key}`, owner[key] ?? '', 'must not be empty'))
    }
    if (owner.apiVersion === 'v1' && owner.kind === 'Event') {
      errors.push(invalidValue(field, owner, '/v1, Kind=Event is disallowed from being an owner'))
    }
    if (!owner.controller) continue
    const name = `${owner.kind}/${owner.name}`
    if (controller === undefined) controller = name
    else {
      errors.push(
        invalidValue(
          field,
          owners,
          `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`,
        ),
      )
    }
  }
  return errors
}

const validateFinalizers = (finalizers: readonly string[]): FieldError[] => {
  const errors = finalizers.flatMap((finalizer) =>
    qualifiedName(finalizer).map((text) => invalidValue('metadata.finalizers', finalizer, text)),
  )
  if (finalizers.includes(orphan) && finalizers.includes(foreground)) {
    errors.push(invalidValue('metadata.finalizers', finalizers, `finalizer ${orphan} and ${foreground} cannot be both set`))
  }
  return errors
}

const immutable = 'field is immutable'

/** Findings about what an update may not change, on top of the rules for every object. */
export const validateMetadataUpdate = (
  definition: KindDefinition,
  { object, old, subresource }: { object: KubeObject; old: KubeObject; subresource: string },
): FieldError[] => {
  const { metadata } = object
  const before = old.metadata
  const errors: FieldError[] = []
  const rechecks = definition.rechecksNames?.includes(subresource)
  for (const field of ['generateName', 'name'] as const) {
    const name = metadata[field]
    if (!name) continue
    const isPrefix = field === 'generateName'
    const texts = [
      ...pathSegment(name, isPrefix),
      ...(rechecks ? (definition.validateName ?? dns1123Subdomain)(name, isPrefix, object) : []),
    ]
    for (const text of new Set(texts)) errors.push(invalidValue(`metadata.${field}`, name, text))
  }
  errors.push(...validateNamespace(definition, metadata), ...validateCommon(definition, metadata, subresource))
  if (before.deletionTimestamp) {
    const added = (metadata.finalizers ?? []).filter((one) => !before.finalizers?.includes(one)).sort()
    if (added.length > 0) {
      const found = `[]string{${added.map((one) => JSON.stringify(one)).join(', ')}}`
      errors.push(
        forbiddenField(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers ${found}`,
        ),
      )
    }
  }
  for (const field of [
    'name',
    'namespace',
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
  ] as const) {
    if (metadata[field] !== before[field]) errors.push(invalidValue(`metadata.${field}`, metadata[field] ?? null, immutable))
  }
  return errors
}
