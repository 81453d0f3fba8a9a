import { plainAddress } from '../../shared/meta/ipv4.ts'
import type { EndpointSlice, Service } from '../../shared/resources/resource.ts'
import { emptyRecordSet, type RecordSet } from './record.ts'

/** Everything that a Service puts into the zone. */
export interface ServiceRecords {
  /** by the part before `<service>.<namespace>.svc.<domain>`, lower case; '' is the Service itself */
  readonly names: ReadonlyMap<string, RecordSet>
  /** address → full names, for reverse look-ups */
  readonly reverse: readonly (readonly [ip: string, name: string])[]
}

interface Target {
  readonly ip: string
  readonly hostname: string
  readonly ports: readonly { readonly name: string; readonly protocol: string; readonly port: number }[]
}

type SrvRecord = NonNullable<RecordSet['srv']>[number]

/** Pure: what the Kubernetes DNS specification (version 1.1.0) asks for, and CoreDNS answers, for one Service. */
export const recordsOfService = (service: Service, slices: readonly EndpointSlice[], domain: string): ServiceRecords => {
  const { metadata, spec } = service
  const fullName = `${metadata.name}.${metadata.namespace}.svc.${domain}`
  if (spec.type === 'ExternalName') return { names: new Map([['', { cname: withoutDot(spec.externalName ?? '') }]]), reverse: [] }
  const targets = readyTargets(slices)
  const names = new Map<string, RecordSet>()
  const reverse: [string, string][] = []
  const ports = new Map<string, SrvRecord[]>()
  const addPort = (port: { name?: string | undefined; protocol?: string | undefined }, record: SrvRecord) => {
    const names = ['', ...(port.name ? [`_${port.name}._${port.protocol ?? 'TCP'}`.toLowerCase()] : [])]
    for (const name of names) {
      const records = ports.get(name)
      if (records) records.push(record)
      else ports.set(name, [record])
    }
  }
  const hosts = new Map<string, Set<string>>()
  for (const { hostname, ip } of targets) {
    hosts.set(hostname, (hosts.get(hostname) ?? new Set()).add(ip))
    reverse.push([ip, `${hostname}.${fullName}`])
  }
  const clusterIPs = (spec.clusterIPs ?? [spec.clusterIP ?? '']).flatMap((ip) => plainAddress(ip) ?? [])
  const addresses = clusterIPs.length > 0 ? clusterIPs : [...new Set(targets.map(({ ip }) => ip))]
  if (clusterIPs.length > 0) {
    for (const ip of clusterIPs) reverse.unshift([ip, fullName])
    for (const port of spec.ports ?? []) addPort(port, { target: fullName, port: port.port })
  } else {
    for (const { hostname, ports } of targets)
      for (const port of ports) addPort(port, { target: `${hostname}.${fullName}`, port: port.port })
  }
  // CoreDNS: a headless Service without endpoints has no name
  if (addresses.length === 0) return { names, reverse }
  for (const [hostname, ips] of hosts) names.set(hostname.toLowerCase(), { a: [...ips] })
  for (const [name, srv] of ports) {
    names.set(name, { srv })
    const [, protocol] = name.split('.')
    if (protocol !== undefined) names.set(protocol, emptyRecordSet)
  }
  names.set('', { ...names.get(''), a: addresses })
  return { names, reverse }
}

const readyTargets = (slices: readonly EndpointSlice[]): Target[] => {
  const targets: Target[] = []
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue
    const ports = (slice.ports ?? []).flatMap(({ name = '', protocol = 'TCP', port }) =>
      port === undefined ? [] : [{ name, protocol, port }],
    )
    for (const { addresses, hostname, conditions } of slice.endpoints ?? []) {
      const ip = plainAddress(addresses[0] ?? '')
      if (ip === undefined || conditions?.ready === false) continue
      targets.push({ ip, hostname: hostname || ip.replaceAll('.', '-'), ports })
    }
  }
  return targets
}

const withoutDot = (name: string) => (name.endsWith('.') ? name.slice(0, -1) : name)
