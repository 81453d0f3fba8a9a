import type { FieldError } from '../../../meta/field-error.ts'
import type { KubeObject } from '../../../meta/object.ts'
import type { JsonSchema } from '../json-schema.ts'
import type { CrdVersion } from '../resource.ts'
import { checkRules } from '../rules/check-rules.ts'
import { checkValue } from '../value/check-value.ts'
import { validateEmbedded } from '../value/embedded-validation.ts'
import { validateUniqueItems } from '../value/unique-items.ts'
import { specReplicasErrors, statusScaleErrors } from './scale.ts'

/** Checks of a custom object, beside those of its metadata. */
export interface CustomValidation {
  readonly create: (object: KubeObject) => FieldError[]
  readonly update: (object: KubeObject, old: KubeObject) => FieldError[]
  readonly status: (object: KubeObject, old: KubeObject) => FieldError[]
}

export const customValidation = ({ schema: { openAPIV3Schema: schema } = {}, subresources }: CrdVersion): CustomValidation => {
  const scale = subresources?.scale
  const unique = (object: KubeObject) => validateUniqueItems('', object, schema)
  const others = (object: KubeObject) => [
    ...specReplicasErrors(scale, object),
    ...statusScaleErrors(scale, object),
    ...validateEmbedded('', object, schema),
  ]
  const withRules = (found: FieldError[], value: KubeObject, old: KubeObject | undefined) => [
    ...found,
    ...checkRules(schema, { value, old, found }),
  ]
  return {
    create: (object) =>
      withRules(
        [...(schema ? checkValue(schema, object, { path: '' }) : []), ...others(object), ...unique(object)],
        object,
        undefined,
      ),
    update: (object, old) =>
      withRules(
        [
          ...(schema ? checkValue(schema, object, { path: '', before: { schema, value: object, old } }) : []),
          ...others(object),
          // What was so before is not held against who changes something else.
          ...(unique(old).length === 0 ? unique(object) : []),
        ],
        object,
        old,
      ),
    status: (object, old) =>
      withRules(
        [
          ...(schema ? statusErrors(schema, object, old) : []),
          ...statusScaleErrors(scale, object),
          ...(unique(old).length === 0 ? unique(object) : []),
        ],
        object,
        old,
      ),
  }
}

const statusErrors = ({ properties = {} }: JsonSchema, object: KubeObject, old: KubeObject): FieldError[] => {
  const { status: schema } = properties
  if (!schema || object.status === undefined) return []
  const before = old.status === undefined ? undefined : { schema, value: object.status, old: old.status }
  return checkValue(schema, object.status, { path: 'status', before })
}
