import type { BlockList } from 'node:net'
import { isIPv6 } from 'node:net'
import { ApiError, badRequest, notFound } from '../../meta/status.ts'
import { isGlobalUnicast } from '../../reach/global-unicast.ts'
import { podAddresses, type ReadObject } from '../../reach/pod-address.ts'
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

/** A port that is a number is the Service's, else it is a name. Only addresses that a pod really has are gone to. */
const services: FindTarget = async (context, { name, port }) => {
  const { store } = context.parts
  const { namespace } = context.info
  const portName = /^[-+]?\d+$/.test(port) ? await nameOfPort(context, name, Number(port)) : port
  const entry = await store.get({ resource: 'endpoints', namespace, name })
  // as upstream says it of either
  if (!entry) throw notFound('', 'services', name)
  const { subsets = [] } = decodeStored(entry.value) as Endpoints
  if (subsets.length === 0) throw noEndpoints(name)
  const read: ReadObject = async (resource, inNamespace, named) => {
    const found = await store.get({ resource, namespace: inNamespace, name: named })
    return found && decodeStored(found.value)
  }
  const { random } = context.parts
  for await (const place of podAddresses({ subsets } as Endpoints, { namespace, portName }, { read, random })) return place
  throw noEndpoints(context.info.name)
}

const noEndpoints = (name: string) =>
  new ApiError('ServiceUnavailable', `no endpoints available for service ${JSON.stringify(name)}`)

const nameOfPort = async ({ parts, info }: ResourceContext, name: string, port: number): Promise<string> => {
  const service = await parts.store.get({ resource: 'services', namespace: info.namespace, name })
  if (!service) throw notFound('', 'services', name)
  const { ports = [] } = (decodeStored(service.value) as Service).spec ?? {}
  const chosen = ports.find((one) => one.port === port)
  if (!chosen) throw new ApiError('ServiceUnavailable', `no service port ${port} found for service ${JSON.stringify(name)}`)
  return chosen.name ?? ''
}

const nodes: FindTarget = async (context, { name, port }) => {
  const node = await nodeEndpoint(context, name)
  const asked = numberOf(port)
  return asked === undefined || asked === node.port ? { node } : { host: node.host, port: asked, nodeName: name }
}

const targets: Readonly<Record<string, FindTarget>> = { pods, services, nodes }

const numberOf = (port: string): number | undefined => {
  if (port === '') return undefined
  if (!/^\d{1,9}$/.test(port)) throw badRequest(`invalid port ${JSON.stringify(port)}`)
  if (Number(port) < 1 || Number(port) > 65535)
    throw new ApiError('ServiceUnavailable', `error trying to reach service: dial tcp: address ${port}: invalid port`)
  return Number(port)
}

/** Nobody may reach the server's own loopback or link-local services through it. */
const proxyable = (address: string): string => {
  if (!isGlobalUnicast(address)) throw badRequest('address not allowed')
  return address
}
