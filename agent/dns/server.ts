import type { Informer } from '../../shared/client/informer.ts'
import { parseRange } from '../../shared/meta/ipv4.ts'
import type { Logger } from '../../shared/platform/log.ts'
import type { EndpointSlice, Service } from '../../shared/resources/resource.ts'
import { createResolver } from './resolver.ts'
import { listenTcp } from './tcp-listener.ts'
import { listenUdp } from './udp-listener.ts'
import { createUpstream } from './upstream.ts'
import { createZone } from './zone.ts'

export interface DnsOptions {
  /** on the machine: the node's own address, first of its podCIDR */
  readonly addresses: readonly string[]
  /** 0: any (tests) */
  readonly port: number
  readonly services: Informer<Service>
  readonly endpointSlices: Informer<EndpointSlice>
  readonly clusterDomain: string
  /** resolvers for every other name, see `hostResolvers` */
  readonly upstreams: () => readonly string[]
  /** ranges of pods and Services, whose reverse names are not asked outside */
  readonly ranges: readonly string[]
  readonly log: Logger
}

export interface Dns {
  /** the port in use on the first address */
  readonly port: number
  stop(): Promise<void>
}

/** The node's DNS: names of the cluster out of memory, all others from the machine's resolvers. */
export const startDns = async (options: DnsOptions): Promise<Dns> => {
  const { addresses, services, endpointSlices, clusterDomain, upstreams, log } = options
  await Promise.all([services.synced, endpointSlices.synced])
  const zone = createZone({ services, endpointSlices, clusterDomain, ranges: options.ranges.map(parseRange) })
  const resolve = createResolver({ zone, upstream: createUpstream({ resolvers: upstreams }), log })
  const closing: (() => Promise<unknown>)[] = []
  let port = options.port
  try {
    for (const address of addresses) {
      const { tcp, close } = await listenTcp({ address, port, resolve, log })
      closing.push(close)
      port = (tcp.address() as { port: number }).port
      const udp = await listenUdp({ address, port, resolve, log })
      closing.push(() => new Promise<void>((done) => udp.close(done)))
    }
  } catch (cause) {
    await Promise.all(closing.map((close) => close()))
    zone.stop()
    throw new Error(`DNS can't listen on ${addresses.join(', ')} port ${port}`, { cause })
  }
  return {
    port,
    stop: async () => {
      zone.stop()
      await Promise.all(closing.map((close) => close()))
    },
  }
}
