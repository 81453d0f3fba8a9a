import { Buffer } from 'node:buffer'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { stringify as stringifyYaml } from 'yaml'
import { parseExactJson } from '../../meta/exact-json.ts'
import type { KubeObject } from '../../meta/object.ts'
import type { ApiError, Status } from '../../meta/status.ts'
import type { ResourceContext } from '../context.ts'
import { bytesFromStored, decodeCurrent, readied } from '../objects/served-version.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'
import { errorMedia, type Representation, wantsPretty } from './negotiate.ts'
import { partialMetadata } from './partial-metadata.ts'
import { table, tableOptions } from './table.ts'

const compress = promisify(gzip)
/** Below this it isn't worth the time; as upstream. */
const gzipFromBytes = 128 * 1024

export const mediaType = { json: 'application/json', yaml: 'application/yaml' } as const

/** Bytes that are JSON already, in the form asked for. */
export const respondJsonBytes = async (
  request: Pick<ApiRequest, 'header' | 'query'>,
  status: number,
  answer: { readonly bytes: Uint8Array; readonly media?: Representation['media'] },
): Promise<ApiResponse> => {
  const { media = 'json' } = answer
  const headers: Record<string, string> = { 'content-type': mediaType[media], 'cache-control': 'no-cache, private' }
  let body: Uint8Array = answer.bytes
  if (media === 'yaml') body = Buffer.from(stringifyYaml(parseExactJson(Buffer.from(body).toString())))
  else if (wantsPretty(request))
    body = Buffer.from(`${JSON.stringify(parseExactJson(Buffer.from(body).toString()), undefined, 2)}\n`)
  if (body.length >= gzipFromBytes && acceptsGzip(request)) {
    body = await compress(body, { level: 1 })
    headers['content-encoding'] = 'gzip'
    headers.vary = 'Accept-Encoding'
  }
  return { status, headers, body }
}

/** From here on a client reads while the rest is sent, and no second copy of the whole is made. */
const streamFromBytes = 512 * 1024

/** Pieces that make JSON when joined. Of a large answer each leaves by itself. */
export const respondJsonParts = async (
  request: Pick<ApiRequest, 'header' | 'query'>,
  status: number,
  answer: { readonly parts: readonly Uint8Array[]; readonly media: Representation['media'] },
): Promise<ApiResponse> => {
  const { parts, media } = answer
  const total = parts.reduce((sum, part) => sum + part.length, 0)
  const asTheyAre = media === 'json' && !acceptsGzip(request) && !wantsPretty(request)
  if (total < streamFromBytes || !asTheyAre)
    return respondJsonBytes(request, status, { bytes: Buffer.concat(parts, total), media })
  const headers = { 'content-type': mediaType.json, 'cache-control': 'no-cache, private' }
  return { status, headers, body: oneByOne(parts), size: total }
}

async function* oneByOne(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts
}

const acceptsGzip = (request: Pick<ApiRequest, 'header'>) => /\bgzip\b/.test(request.header('accept-encoding') ?? '')

export const respondJson = (request: Pick<ApiRequest, 'header' | 'query'>, status: number, value: unknown) =>
  respondJsonBytes(request, status, { bytes: Buffer.from(JSON.stringify(value)) })

export const respondStatus = (
  request: Pick<ApiRequest, 'header' | 'query'>,
  { media }: Pick<Representation, 'media'>,
  status: Status,
): Promise<ApiResponse> => respondJsonBytes(request, status.code ?? 200, { bytes: Buffer.from(JSON.stringify(status)), media })

/** Something that is not stored, in the representation asked for, which is never a table. */
export const respondReview = (
  request: Pick<ApiRequest, 'header' | 'query'>,
  { media, as, version }: Representation,
  object: object,
): Promise<ApiResponse> => {
  const value = as === 'Object' ? object : partialMetadata({ metadata: {}, ...object } as unknown as KubeObject, version)
  return respondJsonBytes(request, 201, { bytes: Buffer.from(JSON.stringify(value)), media })
}

/** One object by its stored bytes, in the representation asked for. */
export const respondObject = (
  context: ResourceContext,
  representation: Representation,
  answer: { readonly status?: number; readonly bytes: Uint8Array },
): Promise<ApiResponse> => {
  const waiting = readied(context, [answer.bytes])
  return waiting
    ? waiting.then(() => respondReadied(context, representation, answer))
    : respondReadied(context, representation, answer)
}

const respondReadied: typeof respondObject = (context, representation, answer) => {
  const { request } = context
  const { status = 200, bytes } = answer
  const { media, as, version } = representation
  if (as === 'Object') return respondJsonBytes(request, status, { bytes: bytesFromStored(context, bytes), media })
  const object = decodeCurrent(context, bytes)
  const value = as === 'Table' ? tableOf(context, [object], object, version) : partialMetadata(object, version)
  return respondJsonBytes(request, status, { bytes: Buffer.from(JSON.stringify(value)), media })
}

const tableOf = (context: ResourceContext, objects: KubeObject[], { metadata }: KubeObject, version: 'v1' | 'v1beta1') =>
  table(objects, { resourceVersion: metadata.resourceVersion }, tableOptions(context, version))

export const respondError = async (request: Pick<ApiRequest, 'header' | 'query'>, error: ApiError): Promise<ApiResponse> => {
  const bytes = Buffer.from(JSON.stringify(error.toStatus()))
  // A webhook may say what is no code of HTTP.
  const status = error.code > 999 ? 500 : error.code
  const response = await respondJsonBytes(request, status, { bytes, media: errorMedia(request) })
  const retryAfter = error.details?.retryAfterSeconds
  if (retryAfter) response.headers['retry-after'] = String(retryAfter)
  return response
}

export const successStatus = (details: Status['details']): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details,
})
