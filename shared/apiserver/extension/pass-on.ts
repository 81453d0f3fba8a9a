import { Buffer } from 'node:buffer'
import { Readable } from 'node:stream'
import { ApiError } from '../../meta/status.ts'
import { isRemoteHeader, remoteHeaders } from '../../reach/front-proxy.ts'
import type { ReachAnswer } from '../../reach/reach.ts'
import type { RequestContext } from '../context.ts'
import { isLongRunning } from '../long-running.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'
import { proxiedHeaders } from '../streams/headers.ts'
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
  const { extensions, reach } = parts
  if (!reach.connect && isUpgrade(request)) throw noUpgrade(request)
  if (!isAvailable(service)) {
    await extensions.doubt(service)
    return plain(503, 'service unavailable')
  }
  const query = request.rawQuery ?? request.query.toString()
  const path = `${request.path}${query === '' ? '' : `?${query}`}`
  const headers = headersOf(context)
  try {
    const { target, tls } = await extensionTarget(service, extensions.frontProxy)
    if (request.upgrade && reach.connect) {
      const backend = await reach.connect(target, { tls, signal: request.signal })
      const { namespace, name, port } = target.service
      return tunnel(request.upgrade, backend, {
        ...{ method: request.method, path, host: `${name}.${namespace}.svc:${port}` },
        headers: remoteHeaders(context.user),
      })
    }
    const body = await bodyOf(request)
    // Whoever sends it counts anew what was read whole.
    if (!(body instanceof Readable)) delete headers['content-length']
    const answer = await reach.request(target, {
      ...{ method: request.method, path, headers, body, tls },
      signal: isLongRunning(info) ? request.signal : AbortSignal.any([request.signal, AbortSignal.timeout(withinMs(info.path))]),
    })
    return passedBack(request, answer)
  } catch (error) {
    if (!request.signal.aborted) await extensions.doubt(service)
    // Upstream tells nobody why a Service leads nowhere.
    if (error instanceof ApiError) return plain(503, 'service unavailable')
    return plain(503, `error trying to reach service: ${(error as Error).message}`)
  }
}

/** As upstream knows it; on its way here one of the two headers may have been lost. */
const isUpgrade = (request: ApiRequest): boolean =>
  request.upgrade !== undefined || request.header('upgrade') !== undefined || /upgrade/i.test(request.header('connection') ?? '')

const noUpgrade = (request: ApiRequest): ApiError => {
  const protocol = JSON.stringify(request.header('upgrade') ?? 'another protocol')
  return new ApiError(
    'MethodNotAllowed',
    `an upgrade to ${protocol} is not supported here: no connection leads from the API server into the cluster network`,
  )
}

const withinMs = (path: string) => (path.split('/').filter(Boolean).length === 3 ? discoveryWithinMs : answerWithinMs)

const headersOf = ({ request, user }: RequestContext): Record<string, string | string[]> => ({
  ...Object.fromEntries(Object.entries(proxiedHeaders(request)).filter(([name]) => name !== 'host' && !isRemoteHeader(name))),
  ...remoteHeaders(user),
})

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
