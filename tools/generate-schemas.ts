/**
 * Makes shared/resources/generated/schemas.json (the structure of every built-in type, by OpenAPI name) and
 * descriptions.json (what types and fields are for; only OpenAPI needs them).
 */
import { readFileSync } from 'node:fs'
import type { Schema } from '../shared/meta/schema.ts'
import { kindOf, packagesOf, readModels } from './client-models.ts'
import { fieldDescriptions } from './field-descriptions.ts'
import { writeGenerated } from './generated-file.ts'
import { anyFields, emptyCounts, quantityFields, requiredDiffers } from './kubernetes-1.35.ts'
import type { Field, Model } from './model.ts'

type MergeRules = Pick<Schema, 'listType' | 'listMapKeys' | 'mapType' | 'patchStrategy' | 'patchMergeKey' | 'keyDefaults'>

/** By type and field; '' is the type itself. */
const mergeRules = JSON.parse(readFileSync(new URL('./merge-keys.json', import.meta.url), 'utf8')) as Record<
  string,
  Record<string, MergeRules>
>

/** By type: what becomes of empty fields. */
const zeros = JSON.parse(readFileSync(new URL('./zeros.json', import.meta.url), 'utf8')) as Record<
  string,
  { drop?: readonly string[]; write?: Readonly<Record<string, unknown>> }
>

const models = readModels()
const packages = packagesOf(models)
const openApiName = (name: string) => {
  const found = packages.get(name)
  if (found === undefined) throw new Error(`no model ${name}`)
  return `${found}.${kindOf(name)}`
}

const anySchemas: Readonly<Record<'json' | 'fields-v1' | 'empty' | 'raw', Schema>> = {
  json: { format: 'json', preserveUnknownFields: true },
  'fields-v1': { type: 'object', format: 'fields-v1', preserveUnknownFields: true },
  raw: { type: 'object', format: 'raw-extension', preserveUnknownFields: true },
  empty: { type: 'object', properties: {} },
}

const plainTypes: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  Date: { type: 'string', format: 'date-time' },
  V1MicroTime: { type: 'string', format: 'micro-time' },
  IntOrString: { format: 'int-or-string' },
}

const schemaOfType = (path: string, type: string, format: string): Schema => {
  const list = /^Array<(.*)>$/.exec(type)
  if (list) return { type: 'array', items: schemaOfType(path, list[1]!, format) }
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)
  if (map) return { type: 'object', additionalProperties: schemaOfType(path, map[1]!, format) }
  if (type === 'any') return anySchemas[anyFields[path] ?? 'raw']
  if (type === 'number') return format === 'double' ? { type: 'number', format } : { type: 'integer', format: format || 'int64' }
  if (type === 'string' && quantityFields.some((pattern) => pattern.test(path))) return { type: 'string', format: 'quantity' }
  if (type === 'string' && format === 'byte') return { type: 'string', format: 'byte' }
  return plainTypes[type] ?? { ref: openApiName(type) }
}

const schemaProps = 'V1JSONSchemaProps'
const orSchema = (or: NonNullable<Schema['holds']>['or']): Schema => ({
  ...anySchemas.json,
  holds: { ref: openApiName(schemaProps), or },
})

/** Of a schema, what is another or something else. */
const schemaOr = (path: string): Schema | undefined => {
  if (path === `${schemaProps}.items`) return orSchema('list')
  if (path === `${schemaProps}.additionalProperties` || path === `${schemaProps}.additionalItems`) return orSchema('boolean')
  return path === `${schemaProps}.dependencies` ? { type: 'object', additionalProperties: orSchema('strings') } : undefined
}

const schemaOfField = (model: Model, field: Field): Schema => ({
  ...(schemaOr(`${model.name}.${field.name}`) ?? schemaOfType(`${model.name}.${field.name}`, field.type, field.format)),
  ...mergeRules[openApiName(model.name)]?.[field.name],
})

const schemaOf = (model: Model): Schema => {
  const changed = requiredDiffers[model.name] ?? []
  const required = model.fields.filter(({ name, required }) => required !== changed.includes(name)).map(({ name }) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(model.fields.map((field) => [field.name, schemaOfField(model, field)])),
    ...(required.length ? { required } : {}),
    ...zerosOf(model),
    ...(emptyCounts[model.name] ? { emptyCounts: emptyCounts[model.name] } : {}),
    ...mergeRules[openApiName(model.name)]?.[''],
  }
}

/** Of the fields that the model has: `kind` and `apiVersion` are set by the server. */
const zerosOf = (model: Model): Pick<Schema, 'omitEmpty' | 'zeros'> => {
  const { drop = [], write = {} } = zeros[openApiName(model.name)] ?? {}
  const names = new Set(model.fields.map(({ name }) => name))
  const omitEmpty = drop.filter((name) => names.has(name))
  const written = Object.entries(write).filter(([name]) => names.has(name))
  return {
    ...(omitEmpty.length ? { omitEmpty } : {}),
    ...(written.length ? { zeros: Object.fromEntries(written) } : {}),
  }
}

const descriptionsOf = (model: Model) => [
  model.description,
  Object.fromEntries(model.fields.map(({ name, description }) => [name, description || describe(`${model.name}.${name}`)])),
]

const describe = (path: string) => fieldDescriptions.find(([pattern]) => pattern.test(path))?.[1] ?? ''

const named = models.map((model) => ({ name: openApiName(model.name), model })).sort((a, b) => (a.name < b.name ? -1 : 1))
const table = (entryOf: (model: Model) => unknown) =>
  `{\n${named.map(({ name, model }) => `${JSON.stringify(name)}:${JSON.stringify(entryOf(model))}`).join(',\n')}\n}\n`

writeGenerated('schemas.json', table(schemaOf))
writeGenerated('descriptions.json', table(descriptionsOf))
