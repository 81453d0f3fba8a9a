import type { FieldError } from '../../../meta/field-error.ts'
import type { KubeObject } from '../../../meta/object.ts'
import { Correlation } from '../../../meta/structural/correlation.ts'
import type { JsonSchema } from '../json-schema.ts'
import type { CrdVersion } from '../resource.ts'
import { checkValue } from '../value/check-value.ts'
import { validateEmbedded } from '../value/embedded-validation.ts'
import { validateUniqueItems } from '../value/unique-items.ts'
import { checkObjectRules } from './object-rules.ts'
import { specReplicasErrors, statusScaleErrors } from './scale.ts'

/** Checks of a custom object, beside those of its metadata. `warn`: of what is wrong, but was so before. */
export interface CustomValidation {
  readonly create: (object: KubeObject) => FieldError[]
  readonly update: (object: KubeObject, old: KubeObject, warn?: (text: string) => void) => FieldError[]
  readonly status: (object: KubeObject, old: KubeObject, warn?: (text: string) => void) => FieldError[]
}

export const customValidation = ({ schema: { openAPIV3Schema: schema } = {}, subresources }: CrdVersion): CustomValidation => {
  const scale = subresources?.scale
  const unique = (object: KubeObject) => validateUniqueItems('', object, schema)
  // What was so before is not held against who changes something else.
  const newlyUnique = (object: KubeObject, old: KubeObject) => (unique(old).length === 0 ? unique(object) : [])
  const others = (object: KubeObject) => [
    ...specReplicasErrors(scale, object),
    ...statusScaleErrors(scale, object),
    ...validateEmbedded('', object, schema),
  ]
  return {
    create: (object) => {
      const found = [...(schema ? checkValue(schema, object, { path: '' }) : []), ...others(object), ...unique(object)]
      return [...found, ...checkObjectRules(schema, { object, found })]
    },
    update: (object, old, warn) => {
      const correlation = schema && new Correlation(schema, object, old)
      const found = schema ? checkValue(schema, object, { path: '', before: correlation }) : []
      found.push(...others(object), ...newlyUnique(object, old))
      return [...found, ...checkObjectRules(schema, { object, old, correlation, found, warn })]
    },
    status: (object, old, warn) => {
      const correlation = schema && new Correlation(schema, object, old)
      const found = schema ? statusErrors(schema, object, correlation?.field('status')) : []
      found.push(...statusScaleErrors(scale, object), ...newlyUnique(object, old))
      return [...found, ...checkObjectRules(schema, { object, old, correlation, found, warn })]
    },
  }
}

const statusErrors = ({ properties = {} }: JsonSchema, { status }: KubeObject, before: Correlation | undefined): FieldError[] =>
  properties.status && status !== undefined ? checkValue(properties.status, status, { path: 'status', before }) : []
