import { runRules } from '../../../cel/schema/rule-run.ts'
import { hasRules } from '../../../cel/schema/schema.ts'
import { type FieldError, invalidValue } from '../../../meta/field-error.ts'
import type { KubeObject } from '../../../meta/object.ts'
import type { Correlation } from '../../../meta/structural/correlation.ts'
import type { JsonSchema } from '../json-schema.ts'

export interface RuledObject {
  readonly object: KubeObject
  /** of an update */
  readonly old?: KubeObject
  readonly correlation?: Correlation | undefined
  /** what was found without rules */
  readonly found: readonly FieldError[]
  readonly warn?: ((text: string) => void) | undefined
}

/** of an object that is not what its schema says rules can't speak */
const blocking: ReadonlySet<FieldError['type']> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
])
const notChecked =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'

/** What rules find wrong with an object; `warn` is told of what was so before. */
export const checkObjectRules = (
  schema: JsonSchema | undefined,
  { object, old, correlation, found, warn }: RuledObject,
): FieldError[] => {
  if (!schema || !hasRules(schema)) return []
  if (found.some(({ type }) => blocking.has(type))) return [invalidValue('<nil>', null, notChecked)]
  const { errors, warnings } = runRules(schema, { path: '', isResource: true, value: object, old, correlation })
  for (const { field, message } of warnings) warn?.(`${field}: ${message}`)
  return errors
}
