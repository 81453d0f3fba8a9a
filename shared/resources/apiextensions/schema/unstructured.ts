import { itemSchemas, type JsonSchema, partsOf } from '../json-schema.ts'

const words = ['id', '$schema', '$ref', 'patternProperties', 'dependencies', 'additionalItems', 'definitions'] as const

const isSaid = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value !== undefined && value !== ''

const known = new WeakMap<JsonSchema, boolean>()

/** Whether a schema says what no structural one can, or one in it does: beyond that nothing more is found out of it. */
export const isUnstructured = (schema: JsonSchema): boolean => {
  const before = known.get(schema)
  if (before !== undefined) return before
  const { allOf = [], anyOf = [], oneOf = [], not } = schema
  const listed = itemSchemas(schema) !== undefined
  const found =
    listed ||
    schema['x-kubernetes-preserve-unknown-fields'] === false ||
    words.some((word) => isSaid(schema[word])) ||
    [...partsOf(schema), ...allOf, ...anyOf, ...oneOf, ...(not ? [not] : [])].some(isUnstructured)
  known.set(schema, found)
  return found
}
