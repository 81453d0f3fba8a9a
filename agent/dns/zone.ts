import type { SoaAnswer } from 'dns-packet'
import type { Informer } from '../../shared/client/informer.ts'
import { type AddressRange, contains, parseAddress } from '../../shared/meta/ipv4.ts'
import type { EndpointSlice, Service } from '../../shared/resources/resource.ts'
import { createServiceIndex } from '../network/services/service-index.ts'
import { emptyRecordSet, type RecordSet } from './record.ts'
import { recordsOfService, type ServiceRecords } from './service-records.ts'

/** The names of the cluster, out of memory. */
export interface Zone {
  /** undefined: not ours to answer. `missing`: ours, and there is no such name. */
  find(name: string): RecordSet | { readonly pointers: readonly string[] } | 'missing' | undefined
  /** the record that goes with an answer that says "no" */
  readonly authority: SoaAnswer
  stop(): void
}

export interface ZoneOptions {
  readonly services: Informer<Service>
  readonly endpointSlices: Informer<EndpointSlice>
  readonly clusterDomain: string
  /** addresses of pods and Services: their reverse names are never asked outside */
  readonly ranges: readonly AddressRange[]
}

export const ttlSeconds = 5

const reverseSuffix = '.in-addr.arpa'
const podNamePattern = /^(\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3})\.([a-z0-9-]+)\.pod$/

/** Records of a Service are made anew at the first question after it changed, so that a burst of changes costs nothing. */
export const createZone = (options: ZoneOptions): Zone => {
  const { services, endpointSlices, ranges } = options
  const domain = options.clusterDomain.toLowerCase()
  const records = new Map<string, ServiceRecords>()
  const servicesInNamespace = new Map<string, number>()
  const namesByAddress = new Map<string, Set<string>>()
  const dirty = new Set<string>()
  const index = createServiceIndex({ services, endpointSlices, onChange: (key) => dirty.add(key) })

  const replace = (key: string) => {
    const namespace = key.slice(0, key.indexOf('/'))
    const before = records.get(key)
    for (const [ip, name] of before?.reverse ?? []) {
      const names = namesByAddress.get(ip)
      names?.delete(name)
      if (names?.size === 0) namesByAddress.delete(ip)
    }
    const service = index.service(key)
    const count = (servicesInNamespace.get(namespace) ?? 0) + (service ? 1 : 0) - (before ? 1 : 0)
    if (count > 0) servicesInNamespace.set(namespace, count)
    else servicesInNamespace.delete(namespace)
    if (!service) {
      records.delete(key)
      return
    }
    const after = recordsOfService(service, index.slices(key), domain)
    records.set(key, after)
    for (const [ip, name] of after.reverse) namesByAddress.set(ip, (namesByAddress.get(ip) ?? new Set()).add(name))
  }

  const fixed = new Map<string, RecordSet>([
    ['', { ns: `ns.dns.${domain}` }],
    ['svc', emptyRecordSet],
    ['pod', emptyRecordSet],
    ['dns-version', { txt: '1.1.0' }],
  ])

  const findInside = (name: string): RecordSet | 'missing' => {
    const known = fixed.get(name)
    if (known) return known
    const pod = podNamePattern.exec(name)
    if (pod) {
      const ip = pod[1]!.replaceAll('-', '.')
      return parseAddress(ip) === undefined ? 'missing' : { a: [ip] }
    }
    const labels = name.split('.')
    const [kind, namespace, service] = labels.slice(-3).reverse()
    if (kind === 'pod' && labels.length === 2) return emptyRecordSet
    if (kind !== 'svc' || namespace === undefined) return 'missing'
    if (service === undefined) return servicesInNamespace.has(namespace) ? emptyRecordSet : 'missing'
    return records.get(`${namespace}/${service}`)?.names.get(labels.slice(0, -3).join('.')) ?? 'missing'
  }

  const findReverse = (name: string) => {
    const ip = name.slice(0, -reverseSuffix.length).split('.').reverse().join('.')
    const names = namesByAddress.get(ip)
    if (names) return { pointers: [...names] }
    const address = parseAddress(ip)
    return address !== undefined && ranges.some((range) => contains(range, address)) ? ('missing' as const) : undefined
  }

  return {
    find: (asked) => {
      for (const key of dirty) replace(key)
      dirty.clear()
      const name = asked.toLowerCase()
      if (name === domain) return findInside('')
      if (name.endsWith(`.${domain}`)) return findInside(name.slice(0, -domain.length - 1))
      return name.endsWith(reverseSuffix) ? findReverse(name) : undefined
    },
    authority: {
      type: 'SOA',
      name: domain,
      ttl: ttlSeconds,
      data: {
        mname: `ns.dns.${domain}`,
        rname: `hostmaster.${domain}`,
        serial: 1,
        refresh: 7200,
        retry: 1800,
        expire: 86400,
        minimum: ttlSeconds,
      },
    },
    stop: () => index.stop(),
  }
}
