import { decodeValue } from '../../meta/decode.ts'
import type { KubeObject } from '../../meta/object.ts'
import type { ResourceContext } from '../context.ts'
import { fieldValidationOf } from './write-options.ts'

/** A patched value as an object of the resource's kind: checked as fieldValidation asks, then defaulted. */
export const decodeObject = ({ definition, request, parts, warnings }: ResourceContext, value: unknown): KubeObject => {
  const { object, warnings: found } = decodeValue<KubeObject>(value, {
    schema: definition.schema,
    schemas: parts.schemas,
    fieldValidation: fieldValidationOf(request),
  })
  warnings.push(...found)
  definition.default?.(object)
  return object
}
