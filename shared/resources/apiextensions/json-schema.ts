import { additionalOf, type Structural } from '../../meta/structural/structural.ts'
import type { JSONSchemaProps } from '../generated/types.ts'

/** A schema as it stands in a CustomResourceDefinition. */
export interface JsonSchema
  extends Omit<JSONSchemaProps, 'additionalProperties' | 'allOf' | 'anyOf' | 'items' | 'not' | 'oneOf' | 'properties'> {
  additionalProperties?: boolean | JsonSchema | undefined
  allOf?: JsonSchema[] | undefined
  anyOf?: JsonSchema[] | undefined
  /** validation refuses a list of them */
  items?: JsonSchema | undefined
  not?: JsonSchema | undefined
  oneOf?: JsonSchema[] | undefined
  properties?: Record<string, JsonSchema> | undefined
}

/** What each value below is made of, without what is only said of it by allOf and its kin. */
export const partsOf = (schema: JsonSchema): JsonSchema[] => [
  ...Object.values(schema.properties ?? {}),
  ...(schema.items ? [schema.items] : []),
  ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
]

/** A list where one is expected stands there only until it is refused. */
export const itemSchemas = ({ items }: JsonSchema): readonly JsonSchema[] | undefined =>
  Array.isArray(items) ? (items as JsonSchema[]) : undefined

/** Every schema that stands in it, itself first. */
export function* allSchemas(schema: JsonSchema): Generator<JsonSchema> {
  const pending = [schema]
  for (let next = pending.pop(); next; next = pending.pop()) {
    yield next
    const others = [next.allOf, next.anyOf, next.oneOf, next.not ? [next.not] : undefined].flatMap((list) => list ?? [])
    const listed = itemSchemas(next)
    const below = listed ? [...Object.values(next.properties ?? {}), ...listed] : partsOf(next)
    pending.push(...others, ...below)
  }
}

export const additionalSchemaOf = (schema: JsonSchema): JsonSchema | undefined =>
  additionalOf(schema as Structural) as JsonSchema | undefined
