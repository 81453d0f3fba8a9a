import { Buffer } from 'node:buffer'
import { ApiError } from '../../meta/status.ts'
import { isRemoteHeader, remoteHeaders } from '../../reach/front-proxy.ts'
import type { ReachAnswer } from '../../reach/reach.ts'
import type { RequestContext } from '../context.ts'
import { isLongRunning } from '../long-running.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'
import { requestHeaders } from '../streams/headers.ts'
import { bodyOf, untilGone } from '../streams/passed.ts'
import { tunnel } from '../streams/tunnel.ts'
import { extensionTarget, isAvailable } from './extension-target.ts'
import type { ExtensionService } from './extension-version.ts'

/** as upstream: of discovery, which clients wait for, and of everything that is not meant to go on */
const discoveryWithinMs = 5000
const answerWithinMs = 60_000

/** A request as it is, and for whom, to the server that answers for its path; the answer as it comes. */
export const passOn = async (context: RequestContext, service: ExtensionService): Promise<ApiResponse> => {
  const { request, parts, info } = context
  if (!isAvailable(service)) return plain(503, 'service unavailable')
  const { target, tls } = extensionTarget(service, parts.extensions.frontProxy)
  const query = request.rawQuery ?? request.query.toString()
  const path = `${request.path}${query === '' ? '' : `?${query}`}`
  const headers = headersOf(context)
  try {
    if (request.upgrade) {
      if (!parts.reach.connect) return plain(503, 'error trying to reach service: no way there carries streams')
      const backend = await parts.reach.connect(target, { tls, signal: request.signal })
      const { namespace, name, port } = target.service as { namespace: string; name: string; port: number }
      return tunnel(request.upgrade, backend, {
        ...{ method: request.method, path, host: `${name}.${namespace}.svc:${port}` },
        headers: remoteHeaders(context.user),
      })
    }
    const answer = await parts.reach.request(target, {
      ...{ method: request.method, path, headers, body: await bodyOf(request), tls },
      signal: isLongRunning(info) ? request.signal : AbortSignal.any([request.signal, AbortSignal.timeout(withinMs(info.path))]),
    })
    return passedBack(request, answer)
  } catch (error) {
    // Upstream tells nobody why a Service leads nowhere.
    if (error instanceof ApiError) return plain(503, 'service unavailable')
    return plain(503, `error trying to reach service: ${(error as Error).message}`)
  }
}

const withinMs = (path: string) => (path.split('/').filter(Boolean).length === 3 ? discoveryWithinMs : answerWithinMs)

const headersOf = ({ request, user }: RequestContext): Record<string, string | string[]> => {
  const known = ['accept', 'content-type', 'content-encoding', 'user-agent'].map((name) => [name, request.header(name)])
  const all = requestHeaders(request.headers ?? Object.fromEntries(known))
  const headers = Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'host' && !isRemoteHeader(name)))
  const forwarded = [headers['x-forwarded-for'] ?? [], request.remoteAddress ?? []].flat()
  if (forwarded.length > 0) headers['x-forwarded-for'] = forwarded.join(', ')
  return { ...headers, ...remoteHeaders(user) }
}

const passedBack = ({ signal }: ApiRequest, answer: ReachAnswer): ApiResponse => {
  const { status, headers, cookies, trailers, body } = answer
  if (status >= 300 && status <= 399 && headers.location) {
    body.destroy()
    return plain(502, 'the backend attempted to redirect this request, which is not permitted')
  }
  return {
    ...{ status, headers: { ...headers }, body: untilGone(body, signal) },
    ...(cookies && { cookies }),
    ...(trailers && { trailers }),
  }
}

/** As Go's http.Error. */
const plain = (status: number, text: string): ApiResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body: Buffer.from(`${text}\n`),
})
