import { ApiError, badRequest, notFound } from '../../meta/status.ts'
import type { Node, Pod } from '../../resources/resource.ts'
import { keyOf, notFoundIn, type ResourceContext } from '../context.ts'
import { decodeStored } from '../objects/encode.ts'
import type { NodeEndpoint } from './node-connector.ts'

export const getPod = async (context: ResourceContext, name = context.info.name): Promise<Pod> => {
  const entry = await context.parts.store.get(keyOf(context, name))
  if (!entry) throw notFoundIn(context, name)
  return decodeStored(entry.value) as Pod
}

/** The container that is asked for, or the only one. */
export const containerOf = (pod: Pod, asked: string): string => {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec
  const names = [...initContainers, ...containers, ...ephemeralContainers].map(({ name }) => name)
  const { name } = pod.metadata
  if (asked !== '') {
    if (!names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`)
    return asked
  }
  if (containers.length === 1) return containers[0]!.name
  const choice = names.length === 0 ? '' : `, choose one of: [${names.join(' ')}]`
  throw badRequest(`a container name must be specified for pod ${name}${choice}`)
}

export type LocateNode = (context: ResourceContext, pod: Pod) => Promise<NodeEndpoint>

export const nodeOfPod: LocateNode = async (context, pod) => {
  if (!pod.spec.nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
  return nodeEndpoint(context, pod.spec.nodeName)
}

/** Where an agent is asked by its node's name alone. */
export const namedNodeOfPod: LocateNode = async (_context, pod) => {
  const name = pod.spec.nodeName
  if (!name) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
  return { name, host: name, port: kubeletPort }
}

/** as upstream's */
const kubeletPort = 10250
const addressTypes = ['InternalIP', 'Hostname', 'InternalDNS', 'ExternalDNS', 'ExternalIP']

export const nodeEndpoint = async ({ parts }: ResourceContext, name: string): Promise<NodeEndpoint> => {
  const entry = await parts.store.get({ resource: 'nodes', namespace: '', name })
  if (!entry) throw notFound('', 'nodes', name)
  const { addresses = [], daemonEndpoints } = (decodeStored(entry.value) as Node).status ?? {}
  const preferred = addressTypes.map((type) => addresses.find((address) => address.type === type)).find((found) => found)
  if (!preferred)
    throw new ApiError(
      'InternalError',
      `no preferred addresses found; known addresses: [${addresses.map(({ address }) => address).join(' ')}]`,
    )
  const port = daemonEndpoints?.kubeletEndpoint?.Port
  if (!port) throw new ApiError('ServiceUnavailable', `node ${JSON.stringify(name)} has no agent that can be connected to`)
  return { name, host: preferred.address, port }
}
