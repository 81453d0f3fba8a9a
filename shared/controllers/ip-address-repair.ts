import type { Cache } from '../client/cache.ts'
import { plainAddress } from '../meta/ipv4.ts'
import { isReason } from '../meta/status.ts'
import { type IPAddress, ipAddresses, type Service, services } from '../resources/resource.ts'
import { type Controller, watch } from './controller.ts'
import { ownKey } from './key.ts'

/** An address is taken before the Service that asked for it stands. */
const graceMs = 60_000

/** Frees addresses that no Service has: a server may die between taking an address and storing the Service. */
export const ipAddressRepairController: Controller = {
  name: 'ipaddress-repair',
  eventComponent: 'ipallocator-repair-controller',
  watches: [
    watch(ipAddresses, (object, previous) => (object ? ownKey(object, previous) : [])),
    watch(services, (object, previous, cache) => {
      const gone = addressesOf(previous).filter((ip) => !addressesOf(object).includes(ip))
      return gone.filter((ip) => cache.get(ipAddresses, '', ip))
    }),
  ],
  reconcile: async (name, { cache, client, clock, events }) => {
    const address = cache.get(ipAddresses, '', name)
    if (!address || isUsed(address, cache)) return undefined
    const youngMs = Date.parse(address.metadata.creationTimestamp ?? '') + graceMs - clock.now()
    if (youngMs > 0) return { requeueAfter: youngMs }
    const { uid = '' } = address.metadata
    const { namespace = '', name: holder } = address.spec.parentRef
    const message = `IPAddress: ${name} for Service ${namespace}/${holder} appears to have leaked: cleaning up`
    await events.record(address, 'Warning', 'IPAddressNotAllocated', message)
    try {
      await client.delete(ipAddresses, '', name, { preconditions: { uid } })
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
    }
    return undefined
  },
}

const isUsed = ({ metadata, spec }: IPAddress, cache: Cache): boolean => {
  const { group = '', resource, namespace = '', name } = spec.parentRef
  if (group !== '' || resource !== 'services') return true
  return addressesOf(cache.get(services, namespace, name)).includes(metadata.name)
}

/** As they are taken: in their one form. */
const addressesOf = (service: Service | undefined): string[] =>
  (service?.spec.clusterIPs ?? (service?.spec.clusterIP ? [service.spec.clusterIP] : [])).map((ip) => plainAddress(ip) ?? ip)
