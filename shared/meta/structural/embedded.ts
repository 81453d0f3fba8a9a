import { conform } from '../decode/conform.ts'
import { DecodeError } from '../decode/json.ts'
import { isJsonObject, type JsonObject } from '../json-value.ts'
import type { SchemaTable } from '../schema.ts'
import { pathText } from './prune.ts'
import { somewhere } from './somewhere.ts'
import { additionalOf, isEmbedded, propertyOf, type Structural } from './structural.ts'

export const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'

const hasEmbedded = somewhere(isEmbedded)

/**
 * Makes type and metadata of objects within an object what those of any object are, in place; answers the paths of what metadata does not know. Throws
 * DecodeError for what they can't be.
 */
export const conformEmbedded = (value: unknown, schema: Structural | undefined, schemas: SchemaTable): string[] => {
  const unknown: string[] = []
  const walk = (value: unknown, schema: Structural | undefined, path: readonly string[]): void => {
    if (!schema || !hasEmbedded(schema)) return
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, schema.items, [...path, `[${index}]`])
    } else if (isJsonObject(value)) {
      if (isEmbedded(schema)) unknown.push(...conformResource(value, path, schemas))
      for (const name of Object.keys(value)) {
        walk(value[name], propertyOf(schema, name) ?? additionalOf(schema), [...path, name])
      }
    }
  }
  walk(value, schema, [])
  return unknown.sort()
}

const conformResource = (object: JsonObject, path: readonly string[], schemas: SchemaTable): string[] => {
  for (const name of ['apiVersion', 'kind']) {
    if (!Object.hasOwn(object, name) || typeof object[name] === 'string') continue
    throw new DecodeError(`${pathText([...path, name])}: Invalid value: ${JSON.stringify(object[name])}: must be a string`)
  }
  if (!Object.hasOwn(object, 'metadata')) return []
  const at = pathText([...path, 'metadata'])
  try {
    return conformMetadata(object, schemas).map((field) => `${at}.${field}`)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new DecodeError(`${at}: Invalid value: ${JSON.stringify(object.metadata)}: ${error.message}`, { cause: error })
  }
}

/** Of an object that has metadata; answers the paths in it of what it does not know. */
export const conformMetadata = (object: JsonObject, schemas: SchemaTable): string[] => {
  const { object: metadata, unknownFields } = conform(object.metadata ?? {}, objectMeta, { schemas })
  object.metadata = metadata
  return unknownFields
}
