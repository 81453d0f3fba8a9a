import { type FieldError, forbiddenField, invalidValue, notSupported } from '../../../meta/field-error.ts'
import { typeAndMetadata } from '../../../meta/structural/structural.ts'
import { itemSchemas, type JsonSchema } from '../json-schema.ts'
import { validateListRules, validateMapRules } from './list-validation.ts'
import { validateRuleTexts } from './rule-validation.ts'

/** What an existing definition has is not held against it. */
export interface SchemaOptions {
  readonly validTypes: boolean
  readonly atomicSets: boolean
  readonly mapKeys: boolean
}

interface Here {
  /** why there may be no default; undefined: there may */
  readonly noDefault?: string | undefined
  readonly inMetadata?: boolean | undefined
  readonly isRoot?: boolean | undefined
}

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']

/** What a schema of a definition may not say at all, wherever it stands. */
export const validateSchema = (path: string, schema: JsonSchema, options: SchemaOptions): FieldError[] =>
  validateAt(path, schema, { options, here: { isRoot: true } })

const validateAt = (
  path: string,
  schema: JsonSchema,
  { options, here }: { options: SchemaOptions; here: Here },
): FieldError[] => {
  const { isRoot: _isRoot, ...inherited } = here
  const errors = ownRules(path, schema, { options, here })
  const below = (name: string, one: JsonSchema, place: Here = inherited) =>
    errors.push(...validateAt(`${path}.${name}`, one, { options, here: place }))
  additional(path, schema, { below, inherited, errors })
  for (const [name, field] of sorted(schema.properties)) {
    const meta = (here.isRoot || schema['x-kubernetes-embedded-resource']) && typeAndMetadata.has(name)
    const place = meta
      ? { ...inherited, inMetadata: true, ...(here.isRoot ? { noDefault: `in top-level ${name}` } : {}) }
      : inherited
    below(`properties[${name}]`, field, place)
  }
  if (schema.not) below('not', schema.not)
  for (const name of ['allOf', 'oneOf', 'anyOf'] as const) {
    for (const [index, one] of (schema[name] ?? []).entries()) below(`${name}[${index}]`, one)
  }
  for (const [name, one] of sorted(schema.definitions)) below(`definitions[${name}]`, one as JsonSchema)
  const listed = itemSchemas(schema)
  if (listed) for (const [index, one] of listed.entries()) below(`items[${index}]`, one)
  else if (schema.items) below('items', schema.items)
  for (const [name, one] of sorted(schema.dependencies)) {
    if (!Array.isArray(one) && typeof one === 'object' && one !== null) below(`dependencies[${name}]`, one as JsonSchema)
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    errors.push(invalidValue(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'))
  }
  return [
    ...errors,
    ...validateMapRules(path, schema),
    ...validateListRules(path, schema, options),
    ...validateRuleTexts(path, schema),
  ]
}

const sorted = <T>(map: Readonly<Record<string, T>> | undefined): [string, T][] =>
  Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))

const additional = (
  path: string,
  { properties, additionalProperties }: JsonSchema,
  {
    below,
    inherited,
    errors,
  }: { below: (name: string, one: JsonSchema, place?: Here) => void; inherited: Here; errors: FieldError[] },
): void => {
  if (additionalProperties === undefined) return
  if (properties && Object.keys(properties).length > 0 && additionalProperties !== true) {
    errors.push(forbiddenField(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'))
  }
  if (typeof additionalProperties !== 'object') return
  const noDefault = 'inside additionalProperties applying to object metadata'
  below('additionalProperties', additionalProperties, inherited.inMetadata ? { ...inherited, noDefault } : inherited)
}

const unsupported: readonly (keyof JsonSchema)[] = [
  'id',
  'additionalItems',
  'patternProperties',
  'definitions',
  'dependencies',
  '$ref',
]

const ownRules = (path: string, schema: JsonSchema, { options, here }: { options: SchemaOptions; here: Here }): FieldError[] => {
  const { type } = schema
  const errors: FieldError[] = []
  if (options.validTypes && type && !types.includes(type)) errors.push(notSupported(`${path}.type`, type, types))
  if (schema.default !== undefined && here.noDefault !== undefined) {
    errors.push(forbiddenField(`${path}.default`, `must not be set ${here.noDefault}`))
  }
  for (const name of unsupported) {
    if (schema[name] !== undefined) errors.push(forbiddenField(`${path}.${name}`, `${name} is not supported`))
  }
  if (type === 'null') {
    errors.push(forbiddenField(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'))
  }
  if (itemSchemas(schema)?.length) {
    errors.push(forbiddenField(`${path}.items`, 'items must be a schema object and not an array'))
  }
  if (here.inMetadata && schema['x-kubernetes-embedded-resource']) {
    errors.push(forbiddenField(`${path}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta'))
  }
  if (schema.uniqueItems) {
    errors.push(
      forbiddenField(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'),
    )
  }
  return errors
}
