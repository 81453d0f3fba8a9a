import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type BlockList, connect as netConnect } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import { connect as tlsConnect } from 'node:tls'
import { ApiError } from '../../meta/status.ts'
import { dialError } from '../../platform/dial-error.ts'
import type { SubresourceHandler, SubresourceHandlers } from '../context.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'
import { requestHeaders, responseHeaders } from './headers.ts'
import type { AgentResponse, NodeConnector } from './node-connector.ts'
import { proxiedResponse } from './proxied-response.ts'
import { type ProxyTarget, proxyTarget } from './proxy-target.ts'
import { sendBody } from './send-body.ts'
import { tunnel } from './tunnel.ts'

/** of a body that can't be passed on as it comes */
const bodyLimit = 64 * 1024 * 1024
/** as upstream's transport */
const dialTimeoutMs = 30_000

/** Requests of every method that go on, as they are, to a pod, to a pod behind a service, or to a node's agent. */
export const proxy = ({
  connector,
  clusterRanges,
}: {
  connector: NodeConnector
  clusterRanges: BlockList
}): SubresourceHandlers => {
  const handler: SubresourceHandler = async (context) => {
    const { request } = context
    const { base, rest } = splitPath(request.path)
    const query = request.rawQuery ?? request.query.toString()
    const search = query === '' ? '' : `?${query}`
    const target = await proxyTarget(context, clusterRanges)
    const path = `${rest || '/'}${search}`
    if (request.upgrade) {
      const backend = await dial(connector, target, request.signal)
      const host = request.header('host') ?? hostOf(target)
      return tunnel(request.upgrade, backend, { method: request.method, path, host })
    }
    // Relative links of the answer need the slash; whoever sends something means it to arrive.
    if (rest === '' && (request.method === 'GET' || request.method === 'HEAD')) return redirect(`${base}/${search}`)
    const response = await send(request, { connector, target, path, uri: rest === '' ? `${base}/` : request.path })
    const asked = request.header('host') ?? ''
    return proxiedResponse(request, response, { prefix: base, backend: hostOf(target), asked })
  }
  return { get: handler, create: handler, update: handler, patch: handler, delete: handler }
}

/** What stands behind `…/proxy`, with its own encoding and slashes. */
const splitPath = (path: string) => {
  const match = /^(\/api\/v1\/(?:namespaces\/[^/]+\/)?[^/]+\/[^/]+\/proxy)(.*)$/.exec(path)
  return { base: match?.[1] ?? path, rest: match?.[2] ?? '' }
}

const redirect = (location: string): ApiResponse => ({ status: 301, headers: { location }, body: new Uint8Array() })

const hostOf = ({ node, ...direct }: ProxyTarget): string => {
  const { host, port } = node ?? (direct as { host: string; port: number })
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

const unreachable = (target: ProxyTarget, error: Error) =>
  new ApiError('ServiceUnavailable', `error trying to reach service: ${dialError(error, hostOf(target))}`, { cause: error })

/** A client that sent none has none; one that can't be streamed is read whole. */
const bodyOf = async (request: ApiRequest): Promise<Uint8Array | Readable | undefined> => {
  if (request.headers) return request.bodyStream
  const body = await request.body(bodyLimit)
  return body.byteLength > 0 ? body : undefined
}

const headersOf = (request: ApiRequest): Record<string, string | string[]> => {
  const known = ['accept', 'content-type', 'content-encoding', 'user-agent'].map((name) => [name, request.header(name)])
  const headers = requestHeaders(request.headers ?? Object.fromEntries(known))
  const forwarded = [headers['x-forwarded-for'] ?? [], request.remoteAddress ?? []].flat()
  if (forwarded.length > 0) headers['x-forwarded-for'] = forwarded.join(', ')
  return headers
}

const send = async (
  request: ApiRequest,
  { connector, target, path, uri }: { connector: NodeConnector; target: ProxyTarget; path: string; uri: string },
): Promise<AgentResponse> => {
  const { method, signal } = request
  const body = await bodyOf(request)
  const headers = { ...headersOf(request), 'x-forwarded-uri': uri }
  if (target.node)
    return connector.request(target.node, { method, path, headers, body, signal }).catch((error: Error) => {
      throw unreachable(target, error)
    })
  const { host, port, secure } = target
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(unreachable(target, new Error('the client has gone')))
    // a pod's certificate is nobody's we know, as upstream
    const open = secure ? httpsRequest : httpRequest
    const sent = open({ host, port, method, path, headers, agent: false, ...(secure ? { rejectUnauthorized: false } : {}) })
    // Node.js' own handling of a signal throws, from nowhere, when the answer has just ended.
    const abort = () => sent.destroy()
    signal.addEventListener('abort', abort)
    const late = setTimeout(() => sent.destroy(new Error(`dial tcp ${hostOf(target)}: i/o timeout`)), dialTimeoutMs)
    sent.on('socket', (socket) => socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(late)))
    sent.on('error', (error) => reject(unreachable(target, error)))
    sent.on('close', () => {
      clearTimeout(late)
      signal.removeEventListener('abort', abort)
      reject(unreachable(target, new Error('EOF')))
    })
    sent.on('response', (response) => {
      // Whoever reads hears of it; nobody may be reading any more.
      response.on('error', () => response.destroy())
      resolve({
        ...{ status: response.statusCode ?? 502, ...responseHeaders(response.headers), body: response },
        trailers: () => responseHeaders(response.trailers).headers,
      })
    })
    sendBody(sent, body)
  })
}

const dial = async (connector: NodeConnector, target: ProxyTarget, signal: AbortSignal): Promise<Duplex> => {
  try {
    if (target.node) return await connector.connect(target.node, signal)
    const { host, port, secure } = target
    return await new Promise((resolve, reject) => {
      const socket = secure ? tlsConnect({ host, port, rejectUnauthorized: false }) : netConnect({ host, port })
      socket.setTimeout(dialTimeoutMs, () => socket.destroy(new Error(`dial tcp ${hostOf(target)}: i/o timeout`)))
      socket.on('error', reject)
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        socket.setTimeout(0)
        socket.allowHalfOpen = true
        resolve(socket)
      })
    })
  } catch (error) {
    throw unreachable(target, error as Error)
  }
}
