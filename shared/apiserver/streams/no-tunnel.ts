import { ApiError } from '../../meta/status.ts'
import type { ResourceContext, SubresourceHandler, SubresourceHandlers } from '../context.ts'
import { podLog } from './log.ts'
import type { NodeConnector } from './node-connector.ts'
import { getPod, namedNodeOfPod } from './pod-location.ts'

/**
 * Where no connection leads from the API server to the nodes: logs are asked for by letter; of the rest it says that there is none, and
 * what to do instead. For ApiServerOptions.subresources.
 */
export const createNoTunnel = (connector: Pick<NodeConnector, 'request'>): Readonly<Record<string, SubresourceHandlers>> => ({
  log: podLog(connector, namedNodeOfPod),
  exec: both(refusing('exec')),
  attach: both(refusing('attach')),
  portforward: both(refusing('port-forward')),
  proxy: {
    get: refusing('proxy'),
    create: refusing('proxy'),
    update: refusing('proxy'),
    patch: refusing('proxy'),
    delete: refusing('proxy'),
  },
})

function both(handler: SubresourceHandler): SubresourceHandlers {
  return { get: handler, create: handler }
}

function refusing(what: string): SubresourceHandler {
  return async (context) => {
    throw new ApiError('MethodNotAllowed', `${what} is not supported on AWS: ${await advice(context)}`)
  }
}

const advice = async (context: ResourceContext): Promise<string> => {
  if (context.info.resource !== 'pods') return 'no connection leads from the API server into the cluster network'
  const { spec, metadata } = await getPod(context)
  const node = spec.nodeName
  if (!node) return `no connection leads from the API server to nodes; pod ${metadata.name} has no node yet`
  return (
    'no connection leads from the API server to nodes; open a session on the node with ' +
    `"aws ssm start-session --target ${node}" and find the pod's containers with "docker ps --filter label=windlass.dev/pod-uid=${metadata.uid}"`
  )
}
