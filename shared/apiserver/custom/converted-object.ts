import { jsonEqual } from '../../meta/json-equal.ts'
import { isJsonObject, type JsonObject, jsonTypeOf } from '../../meta/json-value.ts'
import { goType } from '../../resources/apiextensions/custom/scale.ts'
import { validateAnnotations, validateLabels } from '../objects/metadata-validation.ts'

/** What an object is called in the texts: `stable.example.com/v1, Kind=CronTab` */
export const kindText = ({ apiVersion = '', kind = '' }: JsonObject): string =>
  `${String(apiVersion).includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`

/**
 * The object that a webhook made of another one: only labels and annotations of its metadata count, and it is the same object. Throws an
 * Error with all that upstream says of it.
 */
export const convertedObject = (original: JsonObject, answered: unknown, apiVersion: string): JsonObject => {
  const converted = asObject(answered)
  const what = `conversion webhook for ${kindText(original)} returned invalid object`
  const at = `${what} at index 0:`
  if (converted.apiVersion !== apiVersion)
    throw new Error(`${at} invalid groupVersion (expected ${apiVersion}, received ${converted.apiVersion ?? ''})`)
  if (converted.kind !== original.kind)
    throw new Error(`${at} invalid kind (expected ${original.kind}, received ${converted.kind})`)
  for (const [field, name] of sameFields) {
    const [before, after] = [textAt(original, field), textAt(converted, field)]
    if (before !== after) throw new Error(`${what}: must have the same ${name}: ${before} != ${after}`)
  }
  try {
    return { ...converted, metadata: restored(original.metadata as JsonObject, converted.metadata as JsonObject) }
  } catch (error) {
    const text = (error as Error).message
    throw new Error(`conversion webhook for ${kindText(original)} returned invalid metadata: ${text}`, { cause: error })
  }
}

const sameFields = [
  ['name', 'name'],
  ['namespace', 'namespace'],
  ['uid', 'UID'],
] as const

const asObject = (value: unknown): JsonObject => {
  // What is not there is no JSON.
  if (value === null || value === undefined) throw new Error('unexpected end of JSON input')
  if (!isJsonObject(value))
    throw new Error(`json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type map[string]interface {}`)
  if (typeof value.kind !== 'string' || value.kind === '')
    throw new Error(`Object 'Kind' is missing in '${JSON.stringify(value)}'`)
  return value
}

const textAt = ({ metadata }: JsonObject, field: string): string => {
  const value = isJsonObject(metadata) ? metadata[field] : undefined
  return typeof value === 'string' ? value : ''
}

const restored = (original: JsonObject, { labels, annotations }: JsonObject): JsonObject => {
  const metadata = { ...original }
  const take = (field: 'labels' | 'annotations', value: unknown) => {
    delete metadata[field]
    if (value === undefined || value === null) return
    metadata[field] = textsOf(field, value, original[field])
  }
  take('labels', labels)
  take('annotations', annotations)
  return metadata
}

const textsOf = (field: 'labels' | 'annotations', value: unknown, before: unknown): JsonObject => {
  if (!isJsonObject(value)) throw new Error(`invalid metadata.${field} of type ${goType(value)} in converted object`)
  for (const [key, one] of Object.entries(value)) {
    if (typeof one !== 'string')
      throw new Error(`metadata.${field}[${key}] must be a string, but is ${goType(one)} in converted object`)
  }
  if (jsonEqual(value, before ?? {})) return value
  const texts = value as Record<string, string>
  const errors = field === 'labels' ? validateLabels(texts) : validateAnnotations(texts, 'metadata.annotation')
  const lines = [...new Set(errors.map((error) => `${error.field}: ${error.message}`))]
  if (lines.length > 0) throw new Error(lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`)
  return value
}
