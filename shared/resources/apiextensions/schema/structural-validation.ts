import { type FieldError, forbiddenField, invalidValue, requiredValue } from '../../../meta/field-error.ts'
import { patternFault } from '../../../meta/pattern/pattern.ts'
import type { JsonSchema } from '../json-schema.ts'
import { validateCompleteness } from './completeness.ts'

type Level = 'root' | 'item' | 'field'

/**
 * Whether a schema says once, and in one place, what each value is made of.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export const validateStructural = (path: string, schema: JsonSchema): FieldError[] => {
  const errors = [...invariants(path, schema, 'root'), ...validateCompleteness(path, schema)]
  return errors.sort((a, b) => (text(a) < text(b) ? -1 : 1))
}

const text = ({ field, message }: FieldError) => `${field}: ${message}`

const typeMissing: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

const invariants = (path: string, schema: JsonSchema, level: Level): FieldError[] => {
  const { type, items, properties = {}, additionalProperties } = schema
  const embedded = schema['x-kubernetes-embedded-resource'] === true
  const errors: FieldError[] = []
  if (type === 'array' && !items) errors.push(requiredValue(`${path}.items`, 'must be specified'))
  if (items) errors.push(...invariants(`${path}.items`, items, 'item'))
  for (const [name, field] of Object.entries(properties))
    errors.push(...invariants(`${path}.properties[${name}]`, field, 'field'))
  if (additionalProperties !== undefined) {
    const at = `${path}.additionalProperties`
    if (level === 'root') errors.push(forbiddenField(at, 'must not be used at the root'))
    if (typeof additionalProperties === 'object') errors.push(...invariants(at, additionalProperties, 'field'))
    if (embedded) errors.push(forbiddenField(at, 'must not be used if x-kubernetes-embedded-resource is set'))
  }
  errors.push(...extensions(path, schema), ...valueRules(path, schema, skippedOf(schema)), ...typeRules(path, schema, level))
  if (level === 'root' || embedded) errors.push(...typeMetaRules(path, properties))
  const { metadata } = properties
  if (metadata)
    errors.push(...metadataRules(`${path}.properties[metadata]`, metadata, { level, checked: level === 'root' || embedded }))
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true
  if (embedded && !preserves && Object.keys(properties).length === 0) {
    errors.push(
      requiredValue(
        `${path}.properties`,
        'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      ),
    )
  }
  return errors
}

const typeRules = (path: string, schema: JsonSchema, level: Level): FieldError[] => {
  const { type } = schema
  const at = `${path}.type`
  if (schema['x-kubernetes-embedded-resource'] && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true'
    return [type ? invalidValue(at, type, why) : requiredValue(at, why), ...rootType(at, type, level)]
  }
  if (!type) {
    const open = schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields']
    return open ? [] : [requiredValue(at, typeMissing[level])]
  }
  return rootType(at, type, level)
}

const rootType = (at: string, type: string | undefined, level: Level): FieldError[] =>
  level === 'root' && type && type !== 'object' ? [invalidValue(at, type, 'must be object at the root')] : []

const typeMetaRules = (path: string, properties: NonNullable<JsonSchema['properties']>): FieldError[] =>
  ['kind', 'apiVersion'].flatMap((name) => {
    const field = Object.hasOwn(properties, name) ? properties[name]! : undefined
    return field && field.type !== 'string'
      ? [invalidValue(`${path}.properties[${name}].type`, field.type ?? '', 'must be string')]
      : []
  })

const metadataRules = (
  path: string,
  { type, default: _default, properties = {}, externalDocs: _docs, example: _example, ...others }: JsonSchema,
  { level, checked }: { level: Level; checked: boolean },
): FieldError[] => {
  const errors: FieldError[] = []
  if (checked && type !== 'object') errors.push(invalidValue(`${path}.type`, type ?? '', 'must be object'))
  if (level !== 'root') return errors
  const named = Object.keys(properties).every((name) => name === 'name' || name === 'generateName')
  if (!named || Object.keys(others).length > 0) {
    errors.push(
      forbiddenField(path, 'must not specify anything other than name and generateName, but metadata is implicitly specified'),
    )
  }
  return errors
}

const extensions = (path: string, schema: JsonSchema): FieldError[] => {
  if (!schema['x-kubernetes-int-or-string']) return []
  return ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'].flatMap((name) =>
    schema[name as keyof JsonSchema]
      ? [invalidValue(`${path}.${name}`, true, 'must be false if x-kubernetes-int-or-string is true')]
      : [],
  )
}

/** What an int-or-string may say of its type by alternatives. */
interface Skipped {
  readonly anyOf: boolean
  readonly firstAllOf: boolean
}

const none: Skipped = { anyOf: false, firstAllOf: false }

const skippedOf = ({ anyOf, allOf }: JsonSchema): Skipped => ({
  anyOf: isIntOrString(anyOf),
  firstAllOf: isIntOrString(allOf?.[0]?.anyOf),
})

const isIntOrString = (anyOf: readonly JsonSchema[] | undefined): boolean =>
  anyOf?.length === 2 && isOnlyType(anyOf[0]!, 'integer') && isOnlyType(anyOf[1]!, 'string')

const isOnlyType = (schema: JsonSchema, type: string) => schema.type === type && Object.keys(schema).length === 1

const valueRules = (
  path: string,
  { anyOf = [], allOf = [], oneOf = [], not, pattern }: JsonSchema,
  skipped: Skipped,
): FieldError[] => {
  const errors: FieldError[] = []
  const each = (name: string, schemas: readonly JsonSchema[], skip: (index: number) => Skipped = () => none) => {
    for (const [index, schema] of schemas.entries()) errors.push(...nestedRules(`${path}.${name}[${index}]`, schema, skip(index)))
  }
  if (!skipped.anyOf) each('anyOf', anyOf)
  each('allOf', allOf, (index) => (index === 0 && skipped.firstAllOf ? { anyOf: true, firstAllOf: false } : none))
  each('oneOf', oneOf)
  if (not) errors.push(...nestedRules(`${path}.not`, not, none))
  const fault = pattern ? patternFault(pattern) : undefined
  if (fault)
    errors.push(invalidValue(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: ${fault.message}`))
  return errors
}

const forbiddenBelow: readonly (readonly [name: keyof JsonSchema, why: string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
]

/** Below allOf and its kin values are only restricted, not described. */
const nestedRules = (path: string, schema: JsonSchema, skipped: Skipped): FieldError[] => {
  const { items, properties = {} } = schema
  const errors = valueRules(path, schema, skipped)
  if (items) errors.push(...nestedRules(`${path}.items`, items, none))
  for (const [name, field] of Object.entries(properties)) errors.push(...nestedRules(`${path}.properties[${name}]`, field, none))
  for (const [name, why] of forbiddenBelow) {
    const value = schema[name]
    // What preserves nothing is told of elsewhere.
    if (value !== undefined && (value !== false || name === 'additionalProperties'))
      errors.push(forbiddenField(`${path}.${name}`, why))
  }
  if (Object.hasOwn(properties, 'metadata')) {
    errors.push(forbiddenField(`${path}.properties[metadata]`, 'must not be specified in a nested context'))
  }
  return errors
}
