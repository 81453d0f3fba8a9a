import type { BlockList } from 'node:net'
import type { Duplex } from 'node:stream'
import { ApiError } from '../../meta/status.ts'
import { dialError } from '../../platform/dial-error.ts'
import { dial, shown } from '../../reach/dial.ts'
import { exchange } from '../../reach/exchange.ts'
import type { ReachTls } from '../../reach/reach.ts'
import type { SubresourceHandler, SubresourceHandlers } from '../context.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'
import { admitConnection } from './admit-connection.ts'
import { proxiedHeaders } from './headers.ts'
import type { AgentResponse, NodeConnector } from './node-connector.ts'
import { bodyOf } from './passed.ts'
import { proxiedResponse } from './proxied-response.ts'
import { type ProxyTarget, proxyTarget } from './proxy-target.ts'
import { tunnel } from './tunnel.ts'

/** a pod's certificate is nobody's we know, as upstream */
const anyServer: ReachTls = { serverName: '', insecure: true }

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
    // What is asked for is what stands in the path, whatever admission makes of it.
    await admitConnection(context, optionsKinds[context.definition.plural]!, { ...(rest !== '' && { path: rest }) })
    const target = await proxyTarget(context, clusterRanges)
    const path = `${rest || '/'}${search}`
    if (request.upgrade) {
      const backend = await connect(connector, target, request.signal)
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

const optionsKinds: Readonly<Record<string, string>> = {
  nodes: 'NodeProxyOptions',
  pods: 'PodProxyOptions',
  services: 'ServiceProxyOptions',
}

/** What stands behind `…/proxy`, with its own encoding and slashes. */
const splitPath = (path: string) => {
  const match = /^(\/api\/v1\/(?:namespaces\/[^/]+\/)?[^/]+\/[^/]+\/proxy)(.*)$/.exec(path)
  return { base: match?.[1] ?? path, rest: match?.[2] ?? '' }
}

type DirectTarget = Extract<ProxyTarget, { node?: undefined }>

const redirect = (location: string): ApiResponse => ({ status: 301, headers: { location }, body: new Uint8Array() })

const hostOf = ({ node, ...direct }: ProxyTarget): string => {
  return shown(node ?? (direct as { host: string; port: number }))
}

const unreachable = (target: ProxyTarget, error: Error) =>
  new ApiError('ServiceUnavailable', `error trying to reach service: ${dialError(error, hostOf(target))}`, { cause: error })

const send = async (
  request: ApiRequest,
  { connector, target, path, uri }: { connector: NodeConnector; target: ProxyTarget; path: string; uri: string },
): Promise<AgentResponse> => {
  const { method, signal } = request
  const body = await bodyOf(request)
  const headers = { ...proxiedHeaders(request), 'x-forwarded-uri': uri }
  if (target.node)
    return connector.request(target.node, { method, path, headers, body, signal }).catch((error: Error) => {
      throw unreachable(target, error)
    })
  try {
    return await exchange(target, { method, path, headers, body, signal }, { open: () => dialDirectly(target, signal) })
  } catch (error) {
    throw unreachable(target, error as Error)
  }
}

const dialDirectly = ({ host, port, secure }: DirectTarget, signal: AbortSignal) =>
  dial({ host, port }, secure ? anyServer : undefined, signal)

const connect = async (connector: NodeConnector, target: ProxyTarget, signal: AbortSignal): Promise<Duplex> => {
  try {
    if (target.node) return await connector.connect(target.node, signal)
    const socket = await dialDirectly(target, signal)
    socket.allowHalfOpen = true
    return socket
  } catch (error) {
    throw unreachable(target, error as Error)
  }
}
