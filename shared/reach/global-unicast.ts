import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** Unspecified, loopback, link-local, multicast and broadcast: what upstream takes for no address of a pod. */
const notGlobal = new BlockList()
for (const [address, bits] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['255.255.255.255', 32],
] as const)
  notGlobal.addSubnet(address, bits, 'ipv4')
for (const [address, bits] of [
  // the IPv4-compatible form, long out of use, :: and ::1 among it
  ['::', 96],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  notGlobal.addSubnet(address, bits, 'ipv6')

/**
 * Whether a request may be proxied there. It is decided by the address's bytes: an IPv4 address in IPv6's clothes (`::ffff:7f00:1`) is
 * what it is.
 */
export const isGlobalUnicast = (address: string): boolean =>
  isIPv4(address) ? !notGlobal.check(address, 'ipv4') : isIPv6(address) && !notGlobal.check(address, 'ipv6')
