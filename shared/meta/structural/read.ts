import { DecodeError } from '../decode/json.ts'
import { isJsonObject, jsonTypeOf } from '../json-value.ts'
import type { SchemaTable } from '../schema.ts'
import { conformEmbedded, conformMetadata } from './embedded.ts'
import { dropNulls } from './nulls.ts'
import { prune } from './prune.ts'
import type { Structural } from './structural.ts'

/**
 * Makes a parsed value an object of a custom type, in place: what the schema does not know goes, and, unless they are kept, nulls that it does not allow. Values of
 * the wrong type stay for validation; only metadata has to be right. Answers the paths of what was unknown. Throws DecodeError.
 */
export const readStructural = (
  value: unknown,
  schema: Structural,
  { schemas, keepsNulls = false }: { schemas: SchemaTable; keepsNulls?: boolean | undefined },
): { object: unknown; unknownFields: string[] } => {
  if (!isJsonObject(value)) {
    throw new DecodeError(`json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type map[string]interface {}`)
  }
  const ofMetadata = Object.hasOwn(value, 'metadata') ? conformMetadata(value, schemas).map((field) => `metadata.${field}`) : []
  const pruned = prune(value, schema, true)
  if (!keepsNulls) dropNulls(value, schema)
  const ofEmbedded = conformEmbedded(value, schema, schemas)
  return { object: value, unknownFields: [...ofMetadata, ...pruned, ...ofEmbedded] }
}
