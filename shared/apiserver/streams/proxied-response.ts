import { pipeline, type Readable } from 'node:stream'
import { createDeflateRaw, createGunzip, createGzip, createInflateRaw } from 'node:zlib'
import { internalError } from '../../meta/status.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'
import type { AgentResponse } from './node-connector.ts'
import { untilGone } from './passed.ts'
import { rewriteHtml } from './rewrite-html.ts'
import { type Rewriting, rewriteUrl } from './rewrite-url.ts'

/** A page of a pod must not open our API to other sites. */
const crossOrigin = [
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
]

/** By the names that HTTP has for them; what Go's library, which upstream uses, takes for deflate is bare. */
const codings: Readonly<Record<string, () => NodeJS.ReadWriteStream[]>> = {
  '': () => [],
  gzip: () => [createGunzip(), createGzip()],
  deflate: () => [createInflateRaw(), createDeflateRaw()],
}

/** An answer as the client is to have it: its redirects and, of a page, its links lead through the proxy. */
export const proxiedResponse = (
  { method, signal }: Pick<ApiRequest, 'method' | 'signal'>,
  response: AgentResponse,
  rewriting: Rewriting,
): ApiResponse => {
  const { status, cookies, trailers } = response
  const headers = { ...response.headers }
  for (const name of crossOrigin) delete headers[name]
  const answer = (body: Readable): ApiResponse => ({
    ...{ status, headers, body: untilGone(body, signal) },
    ...(cookies && { cookies }),
    ...(trailers && { trailers }),
  })
  const { location } = headers
  if (location !== undefined && location !== '') {
    const wrong = /%(?![0-9a-f]{2}).{0,2}/i.exec(location)?.[0]
    if (wrong !== undefined) {
      response.body.destroy()
      throw internalError(
        new Error(
          `error trying to parse Location header: parse ${JSON.stringify(location)}: invalid URL escape ${JSON.stringify(wrong)}`,
        ),
      )
    }
    headers.location = rewriteUrl(location, rewriting)
    return answer(response.body)
  }
  const isPage = headers['content-type']?.split(';')[0]?.trim() === 'text/html'
  const coding = headers['content-encoding'] ?? ''
  if (!isPage || !Object.hasOwn(codings, coding)) return answer(response.body)
  delete headers['content-length']
  if (method === 'HEAD') return answer(response.body)
  const [decode, encode] = codings[coding]!()
  const rewrite = rewriteHtml((url) => rewriteUrl(url, rewriting))
  const steps = [response.body, decode, rewrite, encode].filter((step) => step !== undefined)
  // Who reads the last hears of what went wrong in any.
  return answer(pipeline(steps, () => undefined) as unknown as Readable)
}
