import type { BlockList } from 'node:net'
import { isIPv4, isIPv6 } from 'node:net'
import { ApiError, badRequest, notFound } from '../../meta/status.ts'
import type { Endpoints, Service } from '../../resources/resource.ts'
import type { ResourceContext } from '../context.ts'
import { decodeStored } from '../objects/encode.ts'
import type { NodeEndpoint } from './node-connector.ts'
import { getPod, nodeEndpoint } from './pod-location.ts'

/** Where a proxied request goes: to a node's agent, or to an address of the cluster's network. */
export type ProxyTarget =
  | { readonly node: NodeEndpoint }
  | { readonly node?: undefined; readonly secure: boolean; readonly host: string; readonly port: number }

interface Asked {
  readonly scheme: string
  readonly name: string
  readonly port: string
}

interface Place {
  readonly host: string
  readonly port: number
  readonly nodeName: string | undefined
}

type FindTarget = (context: ResourceContext, asked: Asked) => Promise<Place | { readonly node: NodeEndpoint }>

/** `name`, `name:port` or `scheme:name:port` */
const readName = (text: string, kind: string): Asked => {
  const parts = text.split(':')
  const [scheme, name, port] = parts.length === 3 ? parts : ['', parts[0], parts[1] ?? '']
  if (parts.length > 3 || !name || !['', 'http', 'https'].includes(scheme!))
    throw badRequest(`invalid ${kind} request ${JSON.stringify(text)}`)
  return { scheme: scheme!, name, port: port! }
}

/** `clusterRanges` are addresses that only pods of nodes have: nothing else there is ever dialled. */
export const proxyTarget = async (context: ResourceContext, clusterRanges: BlockList): Promise<ProxyTarget> => {
  const { definition, info } = context
  const find = targets[definition.plural]
  if (!find) throw new ApiError('MethodNotAllowed', `proxy is not offered for ${definition.plural}`)
  const asked = readName(info.name, definition.singular)
  const found = await find(context, asked)
  if ('node' in found) return found
  const host = proxyable(found.host)
  // a simulated node has no agent, and its pods' addresses lead nowhere that we want to go
  if (found.nodeName !== undefined) await nodeEndpoint(context, found.nodeName)
  else if (clusterRanges.check(host, isIPv6(host) ? 'ipv6' : 'ipv4')) throw badRequest('address not allowed')
  return { secure: asked.scheme === 'https', host, port: found.port }
}

const pods: FindTarget = async (context, { name, port }) => {
  const { spec, status } = await getPod(context, name)
  const firstPort = spec.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort
  return { host: status?.podIPs?.[0]?.ip ?? '', port: numberOf(port) ?? firstPort ?? 80, nodeName: spec.nodeName }
}

const services: FindTarget = async (context, { name, port }) => {
  const { store, random } = context.parts
  const { namespace } = context.info
  const [service, endpoints] = await Promise.all([
    store.get({ resource: 'services', namespace, name }),
    store.get({ resource: 'endpoints', namespace, name }),
  ])
  if (!service) throw notFound('', 'services', name)
  const { ports = [] } = (decodeStored(service.value) as Service).spec ?? {}
  const chosen = ports.find((one) => (port === '' ? ports.length === 1 : one.name === port || String(one.port) === port))
  if (!chosen) {
    const message = `no service port ${JSON.stringify(port)} found for service ${JSON.stringify(name)}`
    throw new ApiError('ServiceUnavailable', message)
  }
  const places = endpoints ? placesOf(decodeStored(endpoints.value) as Endpoints, chosen.name ?? '') : []
  if (places.length === 0) throw new ApiError('ServiceUnavailable', `no endpoints available for service ${JSON.stringify(name)}`)
  return places[random.integer(places.length)]!
}

const placesOf = ({ subsets = [] }: Endpoints, portName: string): Place[] =>
  subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports
      .filter(({ name = '' }) => name === portName)
      .flatMap(({ port }) => addresses.map(({ ip, nodeName }) => ({ host: ip, port, nodeName }))),
  )

const nodes: FindTarget = async (context, { name, port }) => {
  const node = await nodeEndpoint(context, name)
  const asked = numberOf(port)
  return asked === undefined || asked === node.port ? { node } : { host: node.host, port: asked, nodeName: name }
}

const targets: Readonly<Record<string, FindTarget>> = { pods, services, nodes }

const numberOf = (port: string): number | undefined => {
  if (port === '') return undefined
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535)
    throw badRequest(`invalid port ${JSON.stringify(port)}`)
  return Number(port)
}

/** Nobody may reach the server's own loopback or link-local services through it. */
const proxyable = (address: string): string => {
  const v4 = isIPv4(address) && !/^(0|127|169\.254|22[4-9]|23\d|255)\./.test(address)
  const v6 = isIPv6(address) && !/^(::1?$|fe[89ab]|ff)/i.test(address)
  if (!v4 && !v6) throw badRequest('address not allowed')
  return address
}
