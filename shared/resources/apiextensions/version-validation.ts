import { followPath } from '../../cel/schema/field-path.ts'
import { checkRules } from '../../cel/schema/rule-check.ts'
import { duplicateValue, type FieldError, forbiddenField, invalidValue, requiredValue, tooMany } from '../../meta/field-error.ts'
import type { JsonSchema } from './json-schema.ts'
import type { CrdVersion } from './resource.ts'
import { validateDefaults } from './schema/default-validation.ts'
import { type SchemaOptions, validateSchema } from './schema/schema-validation.ts'
import { validateStructural } from './schema/structural-validation.ts'
import { isUnstructured } from './schema/unstructured.ts'

export interface VersionOptions extends SchemaOptions {
  readonly schemaRequired: boolean
  /** Whether a version had this schema before. */
  readonly isAccepted: (version: string, schema: CrdVersion['schema']) => boolean
}

interface SchemaPlace {
  readonly hasStatus: boolean
  /** its rules may cost more than new ones */
  readonly isAccepted: boolean
  readonly options: VersionOptions
}

export const validateVersion = (path: string, version: CrdVersion, place: SchemaPlace): FieldError[] => {
  const { deprecated, deprecationWarning, schema, subresources, additionalPrinterColumns, selectableFields = [] } = version
  const errors = deprecationErrors(deprecated === true, deprecationWarning).map((text) =>
    invalidValue(`${path}.deprecationWarning`, deprecationWarning, text),
  )
  if (schema) errors.push(...validateSchemaOf(`${path}.schema`, schema, place))
  if (subresources) errors.push(...validateSubresources(`${path}.subresources`, subresources))
  errors.push(...validateColumns(`${path}.additionalPrinterColumns`, additionalPrinterColumns ?? []))
  if (selectableFields.length === 0) return errors
  const at = `${path}.selectableFields`
  const root = schema?.openAPIV3Schema
  if (root) return [...errors, ...validateSelectableFields(at, selectableFields, root)]
  return [...errors, invalidValue(at, '', 'may only be set when `version.schema.openAPIV3Schema` is not included')]
}

const deprecationErrors = (deprecated: boolean, warning: string | undefined): string[] => {
  if (warning === undefined) return []
  if (!deprecated) return ['can only be set for deprecated versions']
  const errors: string[] = []
  if (Buffer.byteLength(warning) > 256) errors.push('must be <= 256 characters long')
  if (warning === '') errors.push('must not be an empty string')
  let index = 0
  for (const character of warning) {
    if (!/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)) {
      const what = 'must only contain printable UTF-8 characters; non-printable character found at index'
      return [...errors, `${what} ${index}`]
    }
    index += Buffer.byteLength(character)
  }
  return errors
}

const beside: ReadonlySet<string> = new Set([
  'description',
  'format',
  'title',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'multipleOf',
  'required',
  'items',
  'properties',
  'externalDocs',
  'example',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
])
const besideNames =
  '[Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations]'

/** deeper ones would end the stack of who reads them */
const mostDepth = 500

export const validateSchemaOf = (
  path: string,
  { openAPIV3Schema: schema }: NonNullable<CrdVersion['schema']>,
  { hasStatus, isAccepted, options }: SchemaPlace,
): FieldError[] => {
  if (!schema) return []
  const at = `${path}.openAPIV3Schema`
  if (depthOf(schema) > mostDepth) return [invalidValue(at, '', `is nested deeper than ${mostDepth} levels`)]
  const errors = hasStatus ? rootErrors(at, schema) : []
  if (schema.nullable) errors.push(forbiddenField(`${at}.nullable`, 'nullable cannot be true at the root'))
  const words = validateSchema(at, schema, options)
  if (isUnstructured(schema)) {
    // Other errors say the same.
    return errors.length + words.length > 0
      ? [...errors, ...words]
      : [invalidValue(at, '', "OpenAPIV3Schema 'schema' is not supported")]
  }
  const structural = validateStructural(at, schema)
  const wrong = structural.length > 0 ? structural : validateDefaults(at, schema, true)
  const rules = wrong.length > 0 ? [] : checkRules(at, schema, { isAccepted, wrong: words.map(({ field }) => field) })
  return [...errors, ...wrong, ...words, ...rules]
}

const depthOf = (root: object): number => {
  let level: object[] = [root]
  let depth = 0
  for (; level.length > 0; depth++) {
    level = level.flatMap((one) =>
      Object.values(one).filter((value): value is object => typeof value === 'object' && value !== null),
    )
  }
  return depth
}

const rootErrors = (at: string, schema: JsonSchema): FieldError[] => {
  if (schema.type !== undefined && schema.type !== 'object') {
    const text = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
    return [invalidValue(`${at}.type`, schema.type, text)]
  }
  if (Object.keys(schema).every((name) => name === 'type' || beside.has(name))) return []
  const text = `only ${besideNames} fields are allowed at the root of the schema if the status subresource is enabled`
  return [invalidValue(at, schema, text)]
}

const simplePath = (path: string, text: string): FieldError[] =>
  text.startsWith('.') ? [] : [invalidValue(path, text, 'must be a simple json path starting with .')]

export const validateSubresources = (path: string, { scale }: NonNullable<CrdVersion['subresources']>): FieldError[] => {
  if (!scale) return []
  const below = (field: string, text: string, prefixes: readonly string[]) => {
    const at = `${path}.scale.${field}`
    const simple = simplePath(at, text)
    if (simple.length > 0 || prefixes.some((prefix) => text.startsWith(`${prefix}.`))) return simple
    const where = prefixes.length === 1 ? prefixes[0] : `either ${prefixes.join(' or ')}`
    return [invalidValue(at, text, `should be a json path under ${where}`)]
  }
  const required = (field: 'specReplicasPath' | 'statusReplicasPath', prefix: string) =>
    scale[field] ? below(field, scale[field], [prefix]) : [requiredValue(`${path}.scale.${field}`)]
  return [
    ...required('specReplicasPath', '.spec'),
    ...required('statusReplicasPath', '.status'),
    ...(scale.labelSelectorPath ? below('labelSelectorPath', scale.labelSelectorPath, ['.spec', '.status']) : []),
  ]
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string']
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

export const validateColumns = (path: string, columns: NonNullable<CrdVersion['additionalPrinterColumns']>): FieldError[] =>
  columns.flatMap(({ name, type, format, jsonPath }, index) => {
    const at = `${path}[${index}]`
    const types = `must be one of ${columnTypes.join(',')}`
    return [
      ...(name ? [] : [requiredValue(`${at}.name`)]),
      ...(type
        ? columnTypes.includes(type)
          ? []
          : [invalidValue(`${at}.type`, type, types)]
        : [requiredValue(`${at}.type`, types)]),
      ...(format && !columnFormats.includes(format)
        ? [invalidValue(`${at}.format`, format, `must be one of ${columnFormats.join(',')}`)]
        : []),
      ...(jsonPath ? simplePath(`${at}.JSONPath`, jsonPath) : [requiredValue(`${at}.JSONPath`)]),
    ]
  })

const mostSelectable = 8
const selectableTypes = ['string', 'boolean', 'integer']

export const validateSelectableFields = (
  path: string,
  fields: NonNullable<CrdVersion['selectableFields']>,
  schema: JsonSchema,
): FieldError[] => {
  const seen = new Set<string>()
  const errors = fields.flatMap(({ jsonPath }, index): FieldError[] => {
    const at = `${path}[${index}].jsonPath`
    if (!jsonPath) return [requiredValue(at)]
    const followed = followPath(jsonPath, schema, false)
    if (typeof followed === 'string') return [invalidValue(at, jsonPath, `is an invalid path: ${followed}`)]
    const found: FieldError[] = []
    if (followed.first === 'metadata') found.push(invalidValue(at, jsonPath, 'must not point to fields in metadata'))
    if (!selectableTypes.includes(followed.schema?.type ?? '')) {
      const text =
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.'
      found.push(invalidValue(at, jsonPath, text))
    }
    if (seen.has(followed.path)) found.push(duplicateValue(at, jsonPath))
    seen.add(followed.path)
    return found
  })
  return seen.size > mostSelectable ? [...errors, tooMany(path, seen.size, mostSelectable)] : errors
}
