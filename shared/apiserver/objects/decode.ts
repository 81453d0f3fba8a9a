import { DecodeError } from '../../meta/decode/json.ts'
import { decodeValue } from '../../meta/decode.ts'
import { invalid, invalidValue } from '../../meta/field-error.ts'
import type { KubeObject } from '../../meta/object.ts'
import type { ApiError } from '../../meta/status.ts'
import type { ResourceContext } from '../context.ts'
import { askedType, toStored } from './served-version.ts'
import { fieldValidationOf } from './write-options.ts'

/**
 * A patched value as an object of the resource's kind as it is stored: checked as fieldValidation asks, then defaulted. `shown` makes the text that
 * an error says of the patch. Throws ApiError Invalid: the patch is wrong, whatever its syntax.
 */
export const decodePatched = (context: ResourceContext, value: unknown, shown: () => string): KubeObject => {
  const { request, parts, warnings } = context
  try {
    const { object, warnings: found } = decodeValue<KubeObject>(value, {
      schema: askedType(context).schema,
      schemas: parts.schemas,
      fieldValidation: fieldValidationOf(request),
    })
    warnings.push(...found)
    object.metadata ??= {} as KubeObject['metadata']
    return toStored(context, object)
  } catch (error) {
    const { cause } = error as ApiError
    throw cause instanceof DecodeError ? invalidPatch(shown(), cause.message) : error
  }
}

export const invalidPatch = (shown: string, finding: string): ApiError =>
  invalid('', '', '', [invalidValue('patch', shown, finding)])
