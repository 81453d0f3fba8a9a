import { type FieldError, invalidValue, requiredValue, tooLong } from '../../../meta/field-error.ts'
import { isJsonObject, type JsonObject } from '../../../meta/json-value.ts'
import { dns1035Label, dns1123Label, labelValue, pathSegment, qualifiedName } from '../../../meta/names.ts'
import type { ObjectMeta } from '../../../meta/object-meta.ts'
import { somewhere } from '../../../meta/structural/somewhere.ts'
import { isEmbedded, propertyOf } from '../../../meta/structural/structural.ts'
import { additionalSchemaOf, type JsonSchema } from '../json-schema.ts'

const hasEmbedded = somewhere(isEmbedded)
const annotationsLimitBytes = 256 * 1024

/** Findings about type and metadata of objects within an object, which are read already. */
export const validateEmbedded = (path: string, value: unknown, schema: JsonSchema | undefined): FieldError[] => {
  if (!schema || !hasEmbedded(schema)) return []
  if (Array.isArray(value)) return value.flatMap((item, index) => validateEmbedded(`${path}[${index}]`, item, schema.items))
  if (!isJsonObject(value)) return []
  const errors = isEmbedded(schema) ? validateResource(path, value) : []
  const additional = additionalSchemaOf(schema)
  for (const name of Object.keys(value)) {
    const field = propertyOf(schema, name) as JsonSchema | undefined
    if (field) errors.push(...validateEmbedded(child(path, name), value[name], field))
    else if (additional) errors.push(...validateEmbedded(`${path}[${name}]`, value[name], additional))
  }
  return errors
}

export const child = (path: string, name: string) => (path === '' ? name : `${path}.${name}`)

export const validateResource = (path: string, object: JsonObject): FieldError[] => {
  const errors: FieldError[] = []
  const [atVersion, atKind] = [child(path, 'apiVersion'), child(path, 'kind')]
  const { apiVersion, kind, metadata } = object
  if (apiVersion === undefined) errors.push(requiredValue(atVersion))
  else if (apiVersion === '') errors.push(invalidValue(atVersion, '', 'must not be empty'))
  else if (String(apiVersion).split('/').length > 2) {
    errors.push(invalidValue(atVersion, apiVersion, `unexpected GroupVersion string: ${apiVersion}`))
  }
  if (kind === undefined) errors.push(requiredValue(atKind))
  else if (kind === '') errors.push(invalidValue(atKind, '', 'must not be empty'))
  else {
    const found = dns1035Label(String(kind).toLowerCase())
    if (found.length > 0) {
      errors.push(invalidValue(atKind, kind, `may have mixed case, but should otherwise match: ${found.join(',')}`))
    }
  }
  return metadata === undefined ? errors : [...errors, ...validateMeta(child(path, 'metadata'), metadata as ObjectMeta)]
}

const validateMeta = (path: string, metadata: ObjectMeta): FieldError[] => {
  const errors: FieldError[] = []
  const check = (name: string, value: unknown, findings: readonly string[]) => {
    for (const text of findings) errors.push(invalidValue(`${path}.${name}`, value, text))
  }
  const { name, generateName, namespace, labels = {}, annotations = {}, finalizers = [] } = metadata
  if (generateName) check('generateName', generateName, pathSegment(generateName, true))
  if (name) check('name', name, pathSegment(name))
  if (namespace) check('namespace', namespace, dns1123Label(namespace))
  for (const [key, value] of Object.entries(labels)) {
    check('labels', key, qualifiedName(key))
    check('labels', value, labelValue(value))
  }
  for (const key of Object.keys(annotations)) check('annotations', key, qualifiedName(key.toLowerCase()))
  const bytes = Object.entries(annotations)
    .flat()
    .reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  if (bytes > annotationsLimitBytes) errors.push(tooLong(`${path}.annotations`, annotationsLimitBytes))
  for (const owner of metadata.ownerReferences ?? []) {
    for (const field of ['kind', 'name', 'uid'] as const) {
      if (!owner[field]) check(`ownerReferences.${field}`, owner[field] ?? '', ['must not be empty'])
    }
  }
  for (const finalizer of finalizers) check('finalizers', finalizer, qualifiedName(finalizer))
  return errors
}
