import { isRange, plainAddress } from '../../../shared/meta/ipv4.ts'
import type { ServicePort } from '../../../shared/resources/generated/types.ts'
import type { EndpointSlice, Service } from '../../../shared/resources/resource.ts'
import { masqueradeMark } from '../mark.ts'
import { endpointsOf, type ServiceEndpoint } from './endpoint.ts'
import { elementId, emptyRuleSet, type MapElement, type RuleSet } from './ruleset.ts'

export interface NodeView {
  readonly nodeName: string
  readonly podRange: string
}

const markForMasquerade = `meta mark set meta mark or ${masqueradeMark}`

/** whether connections to the Service are translated at all: not for headless ones, ExternalName or another proxy's */
export const isTranslated = ({ metadata, spec }: Service) =>
  spec !== undefined &&
  spec.type !== 'ExternalName' &&
  spec.clusterIP !== undefined &&
  spec.clusterIP !== '' &&
  spec.clusterIP !== 'None' &&
  metadata.labels?.['service.kubernetes.io/service-proxy-name'] === undefined

/** Pure: everything that stands in a node's table for this Service. */
export const rulesOfService = (service: Service, slices: readonly EndpointSlice[], node: NodeView): RuleSet => {
  if (!isTranslated(service)) return emptyRuleSet
  const chains = new Map<string, readonly string[]>()
  const sets = new Map<string, string>()
  const elements = new Map<string, MapElement>()
  const add = (element: MapElement) => elements.set(elementId(element), element)
  for (const port of service.spec?.ports ?? []) {
    const { chains: ofPort, sets: setsOfPort, targets } = chainsOfPort({ service, slices, port, node })
    for (const [name, rules] of ofPort) chains.set(name, rules)
    for (const [name, declaration] of setsOfPort) sets.set(name, declaration)
    for (const element of elementsOfPort(service, port, targets)) add(element)
  }
  return { chains, sets, elements: [...elements.values()] }
}

/** Where a port's frontends lead: a chain, or how connections are refused. */
interface Targets {
  readonly internal: string | undefined
  readonly external: string | undefined
  readonly loadBalancer: string | undefined
  readonly refuseInternal: 'goto refuse' | 'drop' | undefined
  readonly refuseExternal: 'goto refuse' | 'drop' | undefined
}

const chainsOfPort = (options: {
  service: Service
  slices: readonly EndpointSlice[]
  port: ServicePort
  node: NodeView
}): { chains: Map<string, readonly string[]>; sets: Map<string, string>; targets: Targets } => {
  const { service, slices, port, node } = options
  const { metadata, spec } = service
  const base = `${metadata.namespace}/${metadata.name}/${protocolOf(port)}/${port.port}`
  const endpoints = endpointsOf({ slices, port, nodeName: node.nodeName })
  const chains = new Map<string, readonly string[]>()
  const sets = new Map<string, string>()
  const localInside = spec?.internalTrafficPolicy === 'Local'
  const localOutside = spec?.externalTrafficPolicy === 'Local'
  const fromOutside = port.nodePort !== undefined || externalAddresses(service).length > 0
  if (endpoints.cluster.length === 0)
    return {
      chains,
      sets,
      targets: {
        internal: undefined,
        external: undefined,
        loadBalancer: undefined,
        refuseInternal: 'goto refuse',
        refuseExternal: 'goto refuse',
      },
    }
  const balancing = createBalancing({ service, port, base, chains, sets })
  const cluster = `cluster/${base}`
  const local = `local/${base}`
  balancing(cluster, endpoints.cluster)
  const hasLocal = endpoints.local.length > 0
  if (hasLocal && (localInside || localOutside)) balancing(local, endpoints.local)
  const external = `external/${base}`
  if (fromOutside)
    chains.set(
      external,
      localOutside
        ? [
            `ip saddr ${node.podRange} goto ${cluster}`,
            `fib saddr type local ${markForMasquerade} goto ${cluster}`,
            ...(hasLocal ? [`goto ${local}`] : []),
          ]
        : [markForMasquerade, `goto ${cluster}`],
    )
  const ranges = (spec?.loadBalancerSourceRanges ?? []).map((range) => range.trim()).filter(isRange)
  const firewall = `firewall/${base}`
  if (fromOutside && ranges.length > 0) chains.set(firewall, [`ip saddr != { ${ranges.join(', ')} } drop`, `goto ${external}`])
  return {
    chains,
    sets,
    targets: {
      internal: !localInside ? cluster : hasLocal ? local : undefined,
      external: fromOutside ? external : undefined,
      loadBalancer: ranges.length > 0 ? firewall : external,
      refuseInternal: localInside && !hasLocal ? 'drop' : undefined,
      refuseExternal: localOutside && !hasLocal ? 'drop' : undefined,
    },
  }
}

/** Gives a function that adds the chain which picks one of the endpoints, the client's former one under ClientIP affinity. */
const createBalancing = (options: {
  service: Service
  port: ServicePort
  base: string
  chains: Map<string, readonly string[]>
  sets: Map<string, string>
}) => {
  const { service, port, base, chains, sets } = options
  const protocol = protocolOf(port)
  const numbered = (values: readonly string[]) => values.map((value, index) => `${index} : ${value}`).join(', ')
  if (service.spec?.sessionAffinity !== 'ClientIP')
    return (chain: string, endpoints: readonly ServiceEndpoint[]) => {
      const values = endpoints.map(({ ip, port }) => `${ip} . ${port}`)
      chains.set(chain, [`meta l4proto ${protocol} dnat ip to numgen random mod ${values.length} map { ${numbered(values)} }`])
    }
  const timeoutSeconds = service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10800
  return (chain: string, endpoints: readonly ServiceEndpoint[]) => {
    const known: string[] = []
    const picks: string[] = []
    for (const endpoint of endpoints) {
      const target = `endpoint/${base}/${endpoint.ip}/${endpoint.port}`
      const clients = `clients/${base}/${endpoint.ip}/${endpoint.port}/${timeoutSeconds}`
      sets.set(clients, `type ipv4_addr; flags dynamic, timeout; timeout ${timeoutSeconds}s;`)
      chains.set(target, [
        `update @${clients} { ip saddr }`,
        `meta l4proto ${protocol} dnat ip to ${endpoint.ip}:${endpoint.port}`,
      ])
      known.push(`ip saddr @${clients} goto ${target}`)
      picks.push(`goto ${target}`)
    }
    chains.set(chain, [...known, `numgen random mod ${picks.length} vmap { ${numbered(picks)} }`])
  }
}

const elementsOfPort = (service: Service, port: ServicePort, targets: Targets): MapElement[] => {
  const elements: MapElement[] = []
  const protocol = protocolOf(port)
  const lead = (map: string, key: string, chain: string | undefined) => {
    if (chain !== undefined) elements.push({ map, key, value: `goto ${chain}` })
  }
  const refuse = (map: string, key: string, verdict: string | undefined) => {
    if (verdict !== undefined) elements.push({ map, key, value: verdict })
  }
  for (const text of service.spec?.clusterIPs ?? [service.spec?.clusterIP ?? '']) {
    const ip = plainAddress(text)
    if (ip === undefined) continue
    lead('services', `${ip} . ${protocol} . ${port.port}`, targets.internal)
    refuse('refused', `${ip} . ${protocol} . ${port.port}`, targets.refuseInternal)
  }
  for (const { ip, loadBalancer } of externalAddresses(service)) {
    const key = `${ip} . ${protocol} . ${port.port}`
    const chain = loadBalancer ? targets.loadBalancer : targets.external
    lead('services', key, chain && targets.external && chain)
    lead('outside', key, chain && targets.external && chain)
    refuse('refused', key, targets.refuseExternal)
  }
  if (port.nodePort !== undefined && port.nodePort !== 0) {
    lead('nodeports', `${protocol} . ${port.nodePort}`, targets.external)
    refuse('refused-nodeports', `${protocol} . ${port.nodePort}`, targets.refuseExternal)
  }
  return elements
}

const externalAddresses = ({ spec, status }: Service): { ip: string; loadBalancer: boolean }[] =>
  [
    ...(spec?.type === 'LoadBalancer'
      ? (status?.loadBalancer?.ingress ?? [])
          .filter(({ ip, ipMode }) => ip !== undefined && ipMode !== 'Proxy')
          .map(({ ip = '' }) => ({ ip, loadBalancer: true }))
      : []),
    ...(spec?.externalIPs ?? []).map((ip) => ({ ip, loadBalancer: false })),
  ].flatMap(({ ip: text, loadBalancer }) => {
    const ip = plainAddress(text)
    return ip === undefined ? [] : [{ ip, loadBalancer }]
  })

const protocolOf = ({ protocol }: ServicePort) => (protocol ?? 'TCP').toLowerCase()
