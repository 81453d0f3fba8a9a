import { isJsonObject, type JsonObject } from '../json-value.ts'
import {
  additionalOf,
  hasAdditional,
  isEmbedded,
  preservesUnknown,
  propertyOf,
  type Structural,
  typeAndMetadata,
} from './structural.ts'

/** more of them are dropped all the same, and not told */
const mostPaths = 100

/**
 * Drops what a schema knows nothing of, in place; answers the paths of what went. `isResource`: type and metadata of the value itself stay.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning
 */
export const prune = (value: unknown, schema: Structural | undefined, isResource: boolean): string[] => {
  const walk = new Prune()
  walk.value(value, schema, isResource)
  return walk.paths.sort()
}

class Prune {
  readonly paths: string[] = []
  readonly #path: string[] = []

  value(value: unknown, schema: Structural | undefined, isResource = schema !== undefined && isEmbedded(schema)): void {
    if (schema && preservesUnknown(schema)) this.#preserved(value, schema, isResource)
    else if (Array.isArray(value)) this.#items(value, schema?.items)
    else if (isJsonObject(value)) this.#fields(value, schema, isResource)
  }

  #items(values: readonly unknown[], schema: Structural | undefined): void {
    for (const [index, item] of values.entries()) {
      this.#path.push(`[${index}]`)
      this.value(item, schema)
      this.#path.pop()
    }
  }

  #fields(object: JsonObject, schema: Structural | undefined, isResource: boolean): void {
    for (const name of Object.keys(object)) {
      if (isResource && typeAndMetadata.has(name)) continue
      const field = schema && propertyOf(schema, name)
      if (field || (schema && hasAdditional(schema))) this.#field(name, object[name], field ?? additionalOf(schema!))
      else {
        this.#note(name)
        delete object[name]
      }
    }
  }

  /** What is preserved may hold parts that are described, and those are pruned. */
  #preserved(value: unknown, schema: Structural, isResource = isEmbedded(schema)): void {
    if (Array.isArray(value)) {
      const { items } = schema
      for (const [index, item] of items ? value.entries() : []) {
        this.#path.push(`[${index}]`)
        this.#preserved(item, items!)
        this.#path.pop()
      }
    } else if (isJsonObject(value)) {
      for (const name of Object.keys(value)) {
        if (isResource && typeAndMetadata.has(name)) continue
        const field = propertyOf(schema, name)
        if (field || hasAdditional(schema)) this.#field(name, value[name], field ?? additionalOf(schema))
      }
    }
  }

  #field(name: string, value: unknown, schema: Structural | undefined): void {
    this.#path.push(name)
    this.value(value, schema)
    this.#path.pop()
  }

  #note(name: string): void {
    if (this.paths.length < mostPaths) this.paths.push(pathText([...this.#path, name]))
  }
}

export const pathText = (parts: readonly string[]): string =>
  parts.map((part, index) => (index === 0 || part.startsWith('[') ? part : `.${part}`)).join('')
