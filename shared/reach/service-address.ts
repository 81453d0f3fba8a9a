import { ApiError, notFound } from '../meta/status.ts'
import type { Random } from '../platform/random.ts'
import type { Endpoints, Node, Service } from '../resources/resource.ts'
import { isGlobalUnicast } from './global-unicast.ts'
import { type PodAddress, podAddresses, type ReadObject } from './pod-address.ts'
import type { ReachService } from './reach.ts'

/** Where a Service's calls go to. Throws, as upstream says it, when nowhere. */
export type ServiceAddress = (service: ReachService) => Promise<PodAddress>

/**
 * A ready endpoint, as upstream's `--enable-aggregator-routing` chooses it: a Service that only names another host leads nowhere. The pods
 * of simulated nodes, which have no agent, have addresses that mean nothing.
 */
export const endpointOfService =
  (parts: { readonly read: ReadObject; readonly random: Random }): ServiceAddress =>
  async ({ namespace, name, port }) => {
    const { read } = parts
    const [found, endpoints] = await Promise.all([read('services', namespace, name), read('endpoints', namespace, name)])
    const service = found as Service | undefined
    if (!service) throw notFound('', 'service', name)
    const { type = 'ClusterIP', ports = [] } = service.spec ?? {}
    if (type === 'ExternalName') throw new Error(`unsupported service type ${JSON.stringify(type)}`)
    const asked = ports.find((one) => one.port === port)
    if (!asked) throw unavailable(`no service port ${port} found for service ${JSON.stringify(name)}`)
    for await (const address of podAddresses(
      (endpoints as Endpoints | undefined) ?? ({} as Endpoints),
      { namespace, portName: asked.name ?? '' },
      parts,
    )) {
      if (isGlobalUnicast(address.host) && (await hasAgent(read, address.nodeName))) return address
    }
    throw unavailable(`no endpoints available for service ${JSON.stringify(name)}`)
  }

const hasAgent = async (read: ReadObject, nodeName: string | undefined): Promise<boolean> => {
  if (!nodeName) return false
  const node = (await read('nodes', '', nodeName)) as Node | undefined
  return node?.status?.daemonEndpoints?.kubeletEndpoint?.Port !== undefined
}

const unavailable = (message: string) => new ApiError('ServiceUnavailable', message)
