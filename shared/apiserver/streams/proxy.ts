import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type BlockList, connect as netConnect } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as tlsConnect } from 'node:tls'
import { ApiError } from '../../meta/status.ts'
import type { ResourceContext } from '../context.ts'
import type { ApiResponse } from '../request.ts'
import type { SubresourceHandler, SubresourceHandlers } from '../subresources/subresource.ts'
import { responseHeaders } from './headers.ts'
import type { AgentResponse, NodeConnector } from './node-connector.ts'
import { type ProxyTarget, proxyTarget } from './proxy-target.ts'
import { tunnel } from './tunnel.ts'

const bodyLimit = 64 * 1024 * 1024
const passedOn = [
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'content-encoding',
  'cookie',
  'if-none-match',
  'range',
  'user-agent',
]

/** Requests that go on, as they are, to a pod, to a pod behind a service, or to a node's agent. */
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
    const query = request.query.toString()
    const search = query === '' ? '' : `?${query}`
    // relative links of the answer need the slash
    if (rest === '' && !request.upgrade) return redirect(`${base}/${search}`)
    const target = await proxyTarget(context, clusterRanges)
    const path = `${rest || '/'}${search}`
    if (request.upgrade) {
      const backend = await dial(connector, target, request.signal)
      return tunnel(request.upgrade, backend, { method: request.method, path, host: hostOf(target) })
    }
    const response = await send(context, { connector, target, path })
    const location = response.headers.location
    const headers = location?.startsWith('/') ? { ...response.headers, location: base + location } : response.headers
    return { status: response.status, headers, body: response.body }
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
  new ApiError('ServiceUnavailable', `error trying to reach service: dial tcp ${hostOf(target)}: ${error.message}`, {
    cause: error,
  })

const send = async (
  { request }: ResourceContext,
  { connector, target, path }: { connector: NodeConnector; target: ProxyTarget; path: string },
): Promise<AgentResponse> => {
  const { method, signal } = request
  const body = method === 'GET' || method === 'HEAD' ? undefined : await request.body(bodyLimit)
  const headers: Record<string, string> = { 'x-forwarded-uri': request.path }
  for (const name of passedOn) {
    const value = request.header(name)
    if (value !== undefined) headers[name] = value
  }
  if (target.node)
    return connector.request(target.node, { method, path, headers, body, signal }).catch((error: Error) => {
      throw unreachable(target, error)
    })
  const { host, port, secure } = target
  return new Promise((resolve, reject) => {
    // a pod's certificate is nobody's we know, as upstream
    const open = secure ? httpsRequest : httpRequest
    const sent = open({ host, port, method, path, headers, signal, ...(secure ? { rejectUnauthorized: false } : {}) })
    sent.on('error', (error) => reject(unreachable(target, error)))
    sent.on('response', (response) =>
      resolve({ status: response.statusCode ?? 502, headers: responseHeaders(response.headers), body: response }),
    )
    sent.end(body)
  })
}

const dial = async (connector: NodeConnector, target: ProxyTarget, signal: AbortSignal): Promise<Duplex> => {
  try {
    if (target.node) return await connector.connect(target.node, signal)
    const { host, port, secure } = target
    return await new Promise((resolve, reject) => {
      const socket = secure ? tlsConnect({ host, port, rejectUnauthorized: false }) : netConnect({ host, port })
      socket.setTimeout(10_000, () => socket.destroy(new Error('i/o timeout')))
      socket.once('error', reject)
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
