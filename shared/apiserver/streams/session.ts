import type { JsonObject } from '../../meta/json-value.ts'
import { ApiError, badRequest } from '../../meta/status.ts'
import { authorize } from '../authz/authorize-request.ts'
import type { ResourceContext, SubresourceHandler, SubresourceHandlers } from '../context.ts'
import { flagIn } from '../objects/query-value.ts'
import type { ApiResponse, UpgradeOffer } from '../request.ts'
import { admitConnection } from './admit-connection.ts'
import type { NodeConnector, NodeEndpoint } from './node-connector.ts'
import { containerOf, getPod, nodeOfPod } from './pod-location.ts'
import { tunnel } from './tunnel.ts'

/** exec and attach: a process of a container, over WebSocket or SPDY, whatever the client and the agent agree on. */
export const podProcess = (connector: NodeConnector, verb: 'exec' | 'attach'): SubresourceHandlers =>
  both(async (context) => {
    const { info } = context
    const kind = verb === 'exec' ? 'PodExecOptions' : 'PodAttachOptions'
    const asked = await admitConnection(context, kind, processOptions(context.request.query, verb))
    const pod = await getPod(context)
    const container = containerOf(pod, asked.container ?? '')
    const node = await nodeOfPod(context, pod)
    const offer = offerOf(context)
    const options = new URLSearchParams()
    for (const [name, agentName] of Object.entries(streamNames)) if (asked[name]) options.set(agentName, '1')
    for (const command of asked.command ?? []) options.append('command', command)
    return forward(context, connector, { node, offer, path: `/${verb}/${info.namespace}/${info.name}/${container}?${options}` })
  })

interface ProcessOptions extends JsonObject {
  readonly container?: string
  readonly command?: readonly string[] | null
}

/** As upstream's PodExecOptions and PodAttachOptions are read from a query. */
const processOptions = (query: URLSearchParams, verb: 'exec' | 'attach'): ProcessOptions => {
  const container = query.get('container')
  const flags = Object.keys(streamNames).filter((name) => flagIn(query, name))
  return {
    ...Object.fromEntries(flags.map((name) => [name, true])),
    ...(container && { container }),
    ...(verb === 'exec' && { command: query.has('command') ? query.getAll('command') : null }),
  }
}

/** as an agent calls them */
const streamNames = { stdin: 'input', stdout: 'output', stderr: 'error', tty: 'tty' }

export const podPortForward = (connector: NodeConnector): SubresourceHandlers =>
  both(async (context) => {
    const { info, request } = context
    const asked = request.query.getAll('ports').flatMap((list) => list.split(','))
    for (const port of asked) checkPort(port)
    const { ports = [] } = await admitConnection(context, 'PodPortForwardOptions', {
      ...(asked.length > 0 && { ports: asked.map(Number) }),
    } as { ports?: number[] })
    const node = await nodeOfPod(context, await getPod(context))
    const offer = offerOf(context)
    const options = new URLSearchParams(ports.length ? { port: ports.join(',') } : {})
    return forward(context, connector, { node, offer, path: `/portForward/${info.namespace}/${info.name}?${options}` })
  })

const checkPort = (text: string): void => {
  const wrong = !/^\d+$/.test(text) ? 'invalid syntax' : Number(text) > 65_535 ? 'value out of range' : undefined
  if (wrong) throw badRequest(`cannot convert to []int32: strconv.ParseUint: parsing ${JSON.stringify(text)}: ${wrong}`)
}

/**
 * WebSocket clients come with GET, SPDY ones with POST. Who may only read must not get in by the first: `create` is asked for in either
 * case. https://github.com/kubernetes/kubernetes/issues/133515
 */
const both = (handler: SubresourceHandler): SubresourceHandlers => ({
  get: async (context) => {
    const info = { ...context.info, verb: 'create' as const }
    await authorize(context.parts.authorizer, { user: context.user, info })
    return handler(context)
  },
  create: handler,
})

const offerOf = ({ request }: ResourceContext): UpgradeOffer => {
  if (!request.upgrade) throw badRequest('Upgrade request required')
  return request.upgrade
}

const forward = async (
  { request }: ResourceContext,
  connector: NodeConnector,
  { node, offer, path }: { node: NodeEndpoint; offer: UpgradeOffer; path: string },
): Promise<ApiResponse> => {
  const backend = await connector.connect(node, request.signal).catch((error: Error) => {
    throw new ApiError('InternalError', `error dialing backend: ${error.message}`, { cause: error })
  })
  return tunnel(offer, backend, { method: request.method, path, host: `${node.host}:${node.port}` })
}
