import type { CelSchema } from '../../../cel/schema/schema.ts'
import type { Schema, SchemaTable } from '../../../meta/schema.ts'

const anyObject: CelSchema = { type: 'object' }

/**
 * A built-in type as OpenAPI describes it to expressions: references are what they stand for, one that leads back into itself is an object
 * of nothing. Quantities and JSON are of several types, so nothing is known of them, nor of lists and maps of them.
 */
export const builtInSchema = (name: string, schemas: SchemaTable): CelSchema | undefined => new Expansion(schemas).named(name)

class Expansion {
  readonly #schemas: SchemaTable
  readonly #open = new Set<string>()
  constructor(schemas: SchemaTable) {
    this.#schemas = schemas
  }

  named(name: string): CelSchema | undefined {
    const schema = this.#schemas[name]
    if (!schema) return undefined
    if (this.#open.has(name)) return anyObject
    this.#open.add(name)
    const expanded = this.#expand(schema)
    this.#open.delete(name)
    return expanded
  }

  #expand(schema: Schema): CelSchema | undefined {
    const { ref, type, format, properties, items, additionalProperties, required } = schema
    if (ref !== undefined) return this.named(ref)
    if (format === 'int-or-string') return { 'x-kubernetes-int-or-string': true }
    if (format === 'quantity' || format === 'json') return undefined
    if (schema.preserveUnknownFields) return anyObject
    if (items) {
      const item = this.#expand(items)
      return item && { type: 'array', items: item }
    }
    if (additionalProperties) {
      const values = this.#expand(additionalProperties)
      return values && { type: 'object', additionalProperties: values }
    }
    if (properties) return { type: 'object', properties: this.#fields(properties), required }
    return { type, format: format === 'micro-time' ? 'date-time' : format }
  }

  #fields(properties: Readonly<Record<string, Schema>>): Record<string, CelSchema> {
    const known = Object.entries(properties).flatMap(([name, schema]) => {
      const expanded = this.#expand(schema)
      return expanded ? [[name, expanded] as const] : []
    })
    return Object.fromEntries(known)
  }
}
