import { nthAddress } from '../../shared/meta/ipv4.ts'

/** The node's own address in its podCIDR: gateway of its pods, its InternalIP on one machine, where its DNS listens. */
export const nodeAddress = (podCIDR: string) => nthAddress(podCIDR, 1)

/** A hardware address that says which IPv4 address it belongs to; `prefix`: two bytes, locally administered. */
export const macOf = (prefix: string, address: string): string =>
  [prefix, ...address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'))].join(':')
