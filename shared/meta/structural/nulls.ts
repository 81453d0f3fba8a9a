import { isJsonObject } from '../json-value.ts'
import { additionalOf, propertyOf, type Structural } from './structural.ts'

/** Drops nulls that a schema neither allows nor has a default for, in place, as Go's decoder takes a null for nothing. Those of lists stay. */
export const dropNulls = (value: unknown, schema: Structural | undefined): void => {
  if (Array.isArray(value)) {
    for (const item of value) dropNulls(item, schema?.items)
  } else if (isJsonObject(value)) {
    for (const name of Object.keys(value)) {
      const field = schema && (propertyOf(schema, name) ?? additionalOf(schema))
      if (value[name] === null) {
        if (field && !field.nullable && field.default === undefined) delete value[name]
      } else dropNulls(value[name], field)
    }
  }
}
