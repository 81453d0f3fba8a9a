import { DecodeError } from '../meta/decode/json.ts'
import { decode, decodeValue, parse } from '../meta/decode.ts'
import { apiVersionOf, type KubeObject } from '../meta/object.ts'
import { decodeProtobuf, protobufContentType } from '../meta/protobuf.ts'
import type { SchemaTable } from '../meta/schema.ts'
import { ApiError, badRequest } from '../meta/status.ts'
import { loadProtobufTable } from '../resources/schemas.ts'
import type { ResourceContext } from './context.ts'
import { askedType, toStored } from './objects/served-version.ts'
import { type ClaimedType, type ExpectedType, groupVersionOf, isCustom, otherKind, typeFinding } from './objects/type-finding.ts'
import { fieldValidationOf } from './objects/write-options.ts'
import type { ApiRequest } from './request.ts'

/** As upstream's default for one request. */
export const bodyLimitBytes = 3 * 1024 * 1024

const accepted = ['application/json', 'application/yaml', protobufContentType]

/** The content type without parameters; throws ApiError UnsupportedMediaType for one that can't be decoded. */
const contentTypeOf = (request: Pick<ApiRequest, 'header'>): string => {
  const type = (request.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() || 'application/json'
  if (!accepted.includes(type)) throw unsupportedMediaType()
  return type
}

const unsupportedMediaType = () =>
  new ApiError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )

/** A body of a type that is not in the schema table's reach: options, subresources. */
export const readValue = async (request: ApiRequest, kind: string): Promise<unknown> => {
  const contentType = contentTypeOf(request)
  const bytes = await request.body(bodyLimitBytes)
  if (contentType !== protobufContentType) request.audit?.requestedBytes(bytes, { kind, apiVersion: 'meta.k8s.io/__internal' })
  if (contentType === protobufContentType) return bytes.length === 0 ? undefined : readProtobuf(bytes)
  return bytes.length === 0 ? undefined : parse(bytes, { contentType, kind, strict: false }).value
}

/** The request's body as an object of the resource's kind as it is stored: decoded as fieldValidation asks, and defaulted. */
export const readObject = async (context: ResourceContext): Promise<KubeObject> => {
  const object = await readTyped(context, askedType(context))
  const stored = toStored(context, object)
  // with its defaults
  context.request.audit?.requested(object)
  return stored
}

const readProtobuf = (bytes: Uint8Array): unknown => {
  try {
    return decodeProtobuf(bytes, loadProtobufTable())
  } catch (error) {
    throw error instanceof DecodeError ? badRequest(error.message) : error
  }
}

/** The request's body as an object of a type; warnings go to the answer. */
export const readTyped = async <T extends KubeObject>(
  { request, parts, warnings }: Pick<ResourceContext, 'request' | 'parts' | 'warnings'>,
  expected: ExpectedType,
): Promise<T> => {
  const contentType = contentTypeOf(request)
  const bytes = await request.body(bodyLimitBytes)
  const { schemas } = parts
  const custom = isCustom(expected, schemas)
  const check = (value: unknown) => (custom ? checkCustomType(value, expected) : checkType(expected, claimedType(value), schemas))
  const typed = { schema: expected.schema, schemas, fieldValidation: fieldValidationOf(request), check }
  const { object, warnings: found } =
    contentType === protobufContentType ? decodeValue<T>(readProtobuf(bytes), typed) : decode<T>(bytes, { ...typed, contentType })
  warnings.push(...found)
  object.apiVersion = apiVersionOf(expected.group, expected.version)
  object.kind = expected.kind
  object.metadata ??= {} as T['metadata']
  request.audit?.requested(object)
  return object
}

/** What a body says of its type must fit the path; that comes before what is wrong with it. */
const checkType = (expected: ExpectedType, claimed: ClaimedType, schemas: SchemaTable): void => {
  const { group, version, kind } = expected
  const finding = typeFinding(claimed, expected, schemas)
  const path = apiVersionOf(group, version)
  const apiVersion = claimed.apiVersion || path
  if (finding !== undefined) {
    const { version: given } = groupVersionOf(apiVersion)
    throw badRequest(`${claimed.kind || kind} in version ${JSON.stringify(given)} cannot be handled as a ${kind}: ${finding}`)
  }
  if (apiVersion === path) return
  throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${path})`)
}

/** No scheme knows those: they are whatever they say. */
const checkCustomType = (value: unknown, { group, version, kind }: ExpectedType): void => {
  const claimed = claimedType(value)
  if (!claimed.kind) {
    const text = JSON.stringify(value)
    const start = text.length > 30 ? `${text.slice(0, 30)} ...` : text
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): Object 'Kind' is missing in '${text}' (${start})`,
    )
  }
  const path = apiVersionOf(group, version)
  const apiVersion = claimed.apiVersion || path
  if (apiVersion !== path) {
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${path})`)
  }
  if (claimed.kind !== kind) throw otherKind(value as KubeObject, { group, kind })
}

const claimedType = (value: unknown): ClaimedType => {
  const { apiVersion, kind } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  return { apiVersion: typeof apiVersion === 'string' ? apiVersion : '', kind: typeof kind === 'string' ? kind : '' }
}
