import { type FieldError, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import { jsonEqual } from '../../meta/json-equal.ts'
import { dns1035Label, dns1123Subdomain } from '../../meta/names.ts'
import { validateConversion } from './conversion-validation.ts'
import { approvalOf, approvalPath, approvalText, isProtectedGroup } from './group-approval.ts'
import { internalSpec } from './internal-spec.ts'
import { allSchemas, type JsonSchema } from './json-schema.ts'
import { validateNames } from './names-validation.ts'
import { type CustomResourceDefinition, isTrue } from './resource.ts'
import { keyedItems, setItems } from './schema/list-validation.ts'
import { validatePatternWeight } from './schema/pattern-weight.ts'
import {
  type VersionOptions,
  validateColumns,
  validateSchemaOf,
  validateSelectableFields,
  validateSubresources,
  validateVersion,
} from './version-validation.ts'

const strictest: VersionOptions = {
  validTypes: true,
  atomicSets: true,
  mapKeys: true,
  schemaRequired: true,
  isAccepted: () => false,
}

/** Checks of https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/, with upstream's paths. */
export const validateDefinition = (definition: CustomResourceDefinition): FieldError[] => [
  ...validateSpec(definition, strictest),
  ...validateStatus(definition),
  ...validateStoredVersions(definition),
  ...approvalErrors(definition, undefined),
  ...preserveErrors(definition, undefined),
]

export const validateDefinitionUpdate = (definition: CustomResourceDefinition, old: CustomResourceDefinition): FieldError[] => [
  ...validateSpec(definition, optionsFor(old)),
  ...immutable(definition, old),
  ...validateStatus(definition),
  ...validateStoredVersions(definition),
  ...approvalErrors(definition, old),
  ...preserveErrors(definition, old),
]

export const validateStatus = ({ status }: CustomResourceDefinition): FieldError[] =>
  validateNames('status.acceptedNames', status.acceptedNames ?? { kind: '', plural: '' })

/** Rules that came later are not held against what was accepted before them. */
const optionsFor = ({ spec }: CustomResourceDefinition): VersionOptions => {
  const roots = spec.versions.flatMap(({ schema }) => schema?.openAPIV3Schema ?? [])
  const nowhere = (found: (schema: JsonSchema) => boolean) => !roots.some((root) => [...allSchemas(root)].some(found))
  return {
    schemaRequired: roots.length === spec.versions.length,
    validTypes: nowhere(({ type }) => type !== undefined && !jsonTypes.has(type)),
    atomicSets: nowhere((schema) => setItems('', schema).length > 0),
    mapKeys: nowhere((schema) => keyedItems('', schema).length > 0),
    isAccepted: (name, schema) => spec.versions.some((one) => one.name === name && jsonEqual(one.schema, schema)),
  }
}

const hasDefault = (schema: JsonSchema) => schema.default !== undefined

const jsonTypes = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object'])

const validateSpec = ({ spec }: CustomResourceDefinition, options: VersionOptions): FieldError[] => {
  const roots = (spec.versions ?? []).flatMap(({ schema }) => schema?.openAPIV3Schema ?? [])
  const tooHeavy = validatePatternWeight('spec.versions', roots)
  if (tooHeavy.length > 0) return tooHeavy
  const inner = internalSpec(spec)
  const errors = [...groupErrors(spec.group), ...scopeErrors(spec.scope)]
  if (!inner.schema?.openAPIV3Schema) {
    for (const [index, { schema, served }] of inner.versions.entries()) {
      const at = `spec.versions[${index}].schema.openAPIV3Schema`
      if (schema?.openAPIV3Schema) continue
      if (options.schemaRequired) errors.push(requiredValue(at))
      else if (served && !spec.preserveUnknownFields) errors.push(requiredValue(at, 'because otherwise all fields are pruned'))
    }
  }
  if (spec.preserveUnknownFields && roots.some((root) => [...allSchemas(root)].some(hasDefault)))
    errors.push(invalidValue('spec.preserveUnknownFields', true, 'must be false in order to use defaults in the schema'))
  for (const [index, version] of inner.versions.entries()) {
    for (const text of [dns1035Label(version.name).join(',')].filter(Boolean)) {
      errors.push(invalidValue(`spec.versions[${index}].name`, version.name, text))
      // where a definition of one version had it once
      if (index === 0 && version.name) errors.push(invalidValue('spec.version', version.name, text))
    }
    const hasStatus = (inner.subresources ?? version.subresources)?.status !== undefined
    const isAccepted = options.isAccepted(version.name, version.schema)
    errors.push(...validateVersion(`spec.versions[${index}]`, version, { hasStatus, isAccepted, options }))
  }
  errors.push(...versionsErrors(spec, inner.shown))
  errors.push(...requiredNames(spec.names), ...validateNames('spec.names', spec.names))
  const hasStatus = (inner.subresources ?? inner.versions.find(({ subresources }) => subresources?.status)?.subresources)?.status
  if (inner.schema) {
    const isAccepted = options.isAccepted(spec.versions[0]!.name, inner.schema)
    errors.push(...validateSchemaOf('spec.validation', inner.schema, { hasStatus: hasStatus !== undefined, isAccepted, options }))
  }
  if (inner.subresources) errors.push(...validateSubresources('spec.subresources', inner.subresources))
  errors.push(...validateColumns('spec.additionalPrinterColumns', inner.columns))
  if (inner.selectable.length > 0) {
    errors.push(
      ...(inner.schema?.openAPIV3Schema
        ? validateSelectableFields('spec.selectableFields', inner.selectable, inner.schema.openAPIV3Schema)
        : [invalidValue('spec.selectableFields', '', 'may only be set when validations.schema is included')]),
    )
  }
  const { conversion } = spec
  if (spec.preserveUnknownFields && conversion && conversion.strategy !== 'None') {
    const text = 'must be None if spec.preserveUnknownFields is true'
    errors.push(invalidValue('spec.conversion.strategy', conversion.strategy, text))
  }
  return [...errors, ...validateConversion('spec.conversion', conversion)]
}

const groupErrors = (group: string): FieldError[] => {
  if (!group) return [requiredValue('spec.group')]
  const found = dns1123Subdomain(group)
  if (found.length > 0) return [invalidValue('spec.group', group, found.join(','))]
  return group.includes('.') ? [] : [invalidValue('spec.group', group, 'should be a domain with at least one dot')]
}

const scopes = ['Cluster', 'Namespaced']

const scopeErrors = (scope: string): FieldError[] => {
  if (!scope) return [requiredValue('spec.scope')]
  return scopes.includes(scope) ? [] : [notSupported('spec.scope', scope, scopes)]
}

const versionsErrors = (spec: CustomResourceDefinition['spec'], shown: unknown): FieldError[] => {
  const versions = spec.versions ?? []
  const names = versions.map(({ name }) => name)
  const at = 'spec.versions'
  return [
    ...(new Set(names).size < names.length ? [invalidValue(at, shown, 'must contain unique version names')] : []),
    ...(versions.filter(({ storage }) => storage).length === 1
      ? []
      : [invalidValue(at, shown, 'must have exactly one version marked as storage version')]),
  ]
}

const requiredNames = (names: CustomResourceDefinition['spec']['names']): FieldError[] =>
  (['plural', 'singular', 'kind', 'listKind'] as const).flatMap((name) =>
    names[name] ? [] : [requiredValue(`spec.names.${name}`)],
  )

const validateStoredVersions = ({ spec, status }: CustomResourceDefinition): FieldError[] => {
  const versions = spec.versions ?? []
  const at = 'status.storedVersions'
  const stored = status.storedVersions ?? []
  if (stored.length === 0) return [invalidValue(at, status.storedVersions ?? null, 'must have at least one stored version')]
  const missing = versions.filter(({ name, storage }) => storage && !stored.includes(name))
  return [
    ...missing.map(({ name }) => invalidValue(at, stored, `must have the storage version ${name}`)),
    ...stored.flatMap((name, index) => {
      if (versions.some((version) => version.name === name)) return []
      const text = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`
      return [invalidValue(`${at}[${index}]`, name, text)]
    }),
  ]
}

const immutable = ({ spec }: CustomResourceDefinition, old: CustomResourceDefinition): FieldError[] => {
  const errors: FieldError[] = []
  const check = (path: string, value: string, before: string) => {
    if (value !== before) errors.push(invalidValue(path, value, 'field is immutable'))
  }
  if (isTrue(old, 'Established')) {
    check('spec.scope', spec.scope, old.spec.scope)
    check('spec.names.kind', spec.names.kind, old.spec.names.kind)
  }
  check('spec.group', spec.group, old.spec.group)
  check('spec.names.plural', spec.names.plural, old.spec.names.plural)
  return errors
}

const approvalErrors = (
  { metadata, spec }: CustomResourceDefinition,
  old: CustomResourceDefinition | undefined,
): FieldError[] => {
  if (!isProtectedGroup(spec.group)) return []
  const { state, reason } = approvalOf(metadata.annotations)
  if (state === 'approved' || state === 'bypassed' || (old && approvalOf(old.metadata.annotations).state === state)) return []
  if (state === 'missing') return [requiredValue(approvalPath, reason)]
  return [invalidValue(approvalPath, approvalText(metadata.annotations), reason)]
}

const preserveErrors = ({ spec }: CustomResourceDefinition, old: CustomResourceDefinition | undefined): FieldError[] => {
  if (old?.spec.preserveUnknownFields || !spec.preserveUnknownFields) return []
  const text = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'
  return [invalidValue('spec.preserveUnknownFields', true, text)]
}
