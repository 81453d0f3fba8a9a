import { type FieldError, requiredValue } from '../../../meta/field-error.ts'
import type { JsonSchema } from '../json-schema.ts'

interface Place {
  readonly schema: JsonSchema | undefined
  readonly path: string
}

/** Whatever is restricted by allOf and its kin must be described outside of them. */
export const validateCompleteness = (path: string, schema: JsonSchema): FieldError[] => junctors(schema, { schema, path }, path)

const junctors = (rule: JsonSchema, place: Place, path: string): FieldError[] => [
  ...(rule.not ? nested(rule.not, place, `${path}.not`) : []),
  ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap((name) =>
    (rule[name] ?? []).flatMap((one, index) => nested(one, place, `${path}.${name}[${index}]`)),
  ),
]

const nested = (rule: JsonSchema, place: Place, path: string): FieldError[] => {
  const { schema, path: described } = place
  if (!schema) return [requiredValue(described, `because it is defined in ${path}`)]
  const errors = junctors(rule, place, path)
  if (rule.items) errors.push(...nested(rule.items, { schema: schema.items, path: `${described}.items` }, `${path}.items`))
  for (const [name, field] of Object.entries(rule.properties ?? {})) {
    const { properties = {} } = schema
    const below = {
      schema: Object.hasOwn(properties, name) ? properties[name] : undefined,
      path: `${described}.properties[${name}]`,
    }
    errors.push(...nested(field, below, `${path}.properties[${name}]`))
  }
  return errors
}
