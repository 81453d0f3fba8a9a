import { DecodeError } from '../meta/decode/json.ts'
import { decode, decodeValue, parse } from '../meta/decode.ts'
import { apiVersionOf, type KubeObject } from '../meta/object.ts'
import { decodeProtobuf, protobufContentType } from '../meta/protobuf.ts'
import type { SchemaTable } from '../meta/schema.ts'
import { ApiError, badRequest } from '../meta/status.ts'
import { loadProtobufTable } from '../resources/schemas.ts'
import type { ResourceContext } from './context.ts'
import { askedType, toStored } from './objects/served-version.ts'
import { fieldValidationOf } from './objects/write-options.ts'
import { typeOf } from './openapi/kinds.ts'
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
  if (contentType === protobufContentType) return bytes.length === 0 ? undefined : readProtobuf(bytes)
  return bytes.length === 0 ? undefined : parse(bytes, { contentType, kind, strict: false }).value
}

/** The request's body as an object of the resource's kind as it is stored: decoded as fieldValidation asks, and defaulted. */
export const readObject = async (context: ResourceContext): Promise<KubeObject> => {
  const object = await readTyped(context, askedType(context))
  return toStored(context, object)
}

const readProtobuf = (bytes: Uint8Array): unknown => {
  try {
    return decodeProtobuf(bytes, loadProtobufTable())
  } catch (error) {
    throw error instanceof DecodeError ? badRequest(error.message) : error
  }
}

export interface ExpectedType {
  /** in the schema table */
  readonly schema: string
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** The request's body as an object of a type; warnings go to the answer. */
export const readTyped = async <T extends KubeObject>(
  { request, parts, warnings }: Pick<ResourceContext, 'request' | 'parts' | 'warnings'>,
  expected: ExpectedType,
): Promise<T> => {
  const contentType = contentTypeOf(request)
  const bytes = await request.body(bodyLimitBytes)
  const typed = { schema: expected.schema, schemas: parts.schemas, fieldValidation: fieldValidationOf(request) }
  const { object, warnings: found } =
    contentType === protobufContentType ? decodeValue<T>(readProtobuf(bytes), typed) : decode<T>(bytes, { ...typed, contentType })
  warnings.push(...found)
  checkType(expected, object, parts.schemas)
  object.metadata ??= {} as T['metadata']
  return object
}

/** What a body says of its type must fit the path; what it leaves out is taken from there. */
const checkType = (expected: ExpectedType, object: KubeObject, schemas: SchemaTable): void => {
  const { group, version, kind, schema } = expected
  const path = apiVersionOf(group, version)
  const apiVersion = object.apiVersion || path
  const given = object.kind || kind
  if (given !== kind || apiVersion !== path) {
    const found = { ...groupVersionOf(apiVersion), kind: given }
    const refuse = (finding: string) =>
      badRequest(`${given} in version ${JSON.stringify(found.version)} cannot be handled as a ${kind}: ${finding}`)
    if (typeOf(schemas, found) === undefined) {
      throw refuse(
        `no kind ${JSON.stringify(given)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
      )
    }
    if (given !== kind) {
      // named as Go's types are, which upstream turns one into the other
      const goPackage = schema.split('.').at(-3)
      throw refuse(`converting (${found.version}.${given}) to (${goPackage}.${kind}): unknown conversion`)
    }
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${path})`)
  }
  object.apiVersion = path
  object.kind = kind
}

const groupVersionOf = (apiVersion: string) => {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  return { group, version }
}
