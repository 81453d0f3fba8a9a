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

type FindTarget = (context: ResourceContext, asked: Asked) => Promise<ProxyTarget>

/** `name`, `name:port` or `scheme:name:port` */
const readName = (text: string, kind: string): Asked => {
  const parts = text.split(':')
  const [scheme, name, port] = parts.length === 3 ? parts : ['', parts[0], parts[1] ?? '']
  if (parts.length > 3 || !name || !['', 'http', 'https'].includes(scheme!))
    throw badRequest(`invalid ${kind} request ${JSON.stringify(text)}`)
  return { scheme: scheme!, name, port: port! }
}

export const proxyTarget = (context: ResourceContext): Promise<ProxyTarget> => {
  const { definition, info } = context
  const find = targets[definition.plural]
  if (!find) throw new ApiError('MethodNotAllowed', `proxy is not offered for ${definition.plural}`)
  return find(context, readName(info.name, definition.singular))
}

const pods: FindTarget = async (context, { scheme, name, port }) => {
  const { spec, status } = await getPod(context, name)
  const firstPort = spec.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort
  const host = proxyable(status?.podIPs?.[0]?.ip)
  return { secure: scheme === 'https', host, port: numberOf(port) ?? firstPort ?? 80 }
}

const services: FindTarget = async (context, { scheme, name, port }) => {
  const { store } = context.parts
  const { namespace } = context.info
  const [service, endpoints] = await Promise.all([
    store.get({ resource: 'services', namespace, name }),
    store.get({ resource: 'endpoints', namespace, name }),
  ])
  if (!service) throw notFound('', 'services', name)
  const { ports = [] } = (decodeStored(service.value) as Service).spec ?? {}
  const chosen = ports.find((one) => (port === '' ? ports.length === 1 : one.name === port || String(one.port) === port))
  if (!chosen && (port !== '' || ports.length > 0))
    throw new ApiError('ServiceUnavailable', `no service port ${JSON.stringify(port)} found for service ${JSON.stringify(name)}`)
  const { subsets = [] } = endpoints ? (decodeStored(endpoints.value) as Endpoints) : {}
  const places = subsets.flatMap(({ addresses = [], ports: own = [] }) =>
    own
      .filter((one) => (one.name ?? '') === (chosen?.name ?? ''))
      .flatMap((one) => addresses.map(({ ip }) => ({ ip, port: one.port }))),
  )
  const place = places.length ? places[context.parts.random.integer(places.length)] : undefined
  if (!place) throw new ApiError('ServiceUnavailable', `no endpoints available for service ${JSON.stringify(name)}`)
  return { secure: scheme === 'https', host: proxyable(place.ip), port: place.port }
}

const nodes: FindTarget = async (context, { scheme, name, port }) => {
  const node = await nodeEndpoint(context, name)
  const asked = numberOf(port)
  if (asked === undefined || asked === node.port) return { node }
  return { secure: scheme === 'https', host: proxyable(node.host), port: asked }
}

const targets: Readonly<Record<string, FindTarget>> = { pods, services, nodes }

const numberOf = (port: string): number | undefined => {
  if (port === '') return undefined
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535)
    throw badRequest(`invalid port ${JSON.stringify(port)}`)
  return Number(port)
}

/** Nobody may reach the server's own loopback or link-local services through it. */
const proxyable = (address: string | undefined): string => {
  const v4 = address !== undefined && isIPv4(address) && !/^(0|127|169\.254|22[4-9]|23\d|255)\./.test(address)
  const v6 = address !== undefined && isIPv6(address) && !/^(::1?$|fe[89ab]|ff)/i.test(address)
  if (!v4 && !v6) throw badRequest('address not allowed')
  return address!
}
