import { DecodeError } from '../../meta/decode/json.ts'
import { decodeValue } from '../../meta/decode.ts'
import { invalid, invalidValue } from '../../meta/field-error.ts'
import { apiVersionOf, type KubeObject } from '../../meta/object.ts'
import type { ApiError } from '../../meta/status.ts'
import type { ResourceContext } from '../context.ts'
import { askedType, toStored } from './served-version.ts'
import type { ExpectedType } from './type-finding.ts'
import { fieldValidationOf } from './write-options.ts'

export interface PatchedBy {
  /** makes the text that an error says of the patch */
  readonly shown: () => string
  /** what the patch itself is refused for */
  readonly refused: readonly string[]
}

/** A patched value as an object of the resource's kind as it is stored, defaulted. See `decodePatchedAs`. */
export const decodePatched = (context: ResourceContext, value: unknown, by: PatchedBy): KubeObject =>
  toStored(context, decodePatchedAs(context, value, { type: askedType(context), ...by }))

/** A patched value as an object of a type, checked as fieldValidation asks. Throws ApiError Invalid: the patch is wrong, whatever its syntax. */
export const decodePatchedAs = <T extends KubeObject>(
  { request, parts, warnings }: ResourceContext,
  value: unknown,
  { type, shown, refused }: PatchedBy & { readonly type: ExpectedType },
): T => {
  try {
    const { object, warnings: found } = decodeValue<T>(value, {
      schema: type.schema,
      schemas: parts.schemas,
      fieldValidation: fieldValidationOf(request),
      findings: refused,
    })
    warnings.push(...found)
    // A patch may take them away; a strategic one may say others, which mean nothing.
    object.kind = type.kind
    object.apiVersion = apiVersionOf(type.group, type.version)
    object.metadata ??= {} as T['metadata']
    return object
  } catch (error) {
    const { cause } = error as ApiError
    throw cause instanceof DecodeError ? invalidPatch(shown(), cause.message) : error
  }
}

export const invalidPatch = (shown: string, finding: string): ApiError =>
  invalid('', '', '', [invalidValue('patch', shown, finding)])
