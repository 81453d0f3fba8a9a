import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { type FieldError, invalidValue } from '../../meta/field-error.ts'

export type IPFamily = 'IPv4' | 'IPv6'

const octet = '0*(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})'
/** Old objects may have leading zeros, which node and newer Go refuse. */
const sloppyIPv4 = new RegExp(`^(?:${octet}\\.){3}${octet}$`)

const withoutLeadingZeros = (ip: string) =>
  sloppyIPv4.test(ip)
    ? ip
        .split('.')
        .map((part) => Number(part))
        .join('.')
    : ip

/** undefined: not an address */
export const ipFamily = (value: string): IPFamily | undefined => {
  const ip = withoutLeadingZeros(value)
  if (isIPv4(ip)) return 'IPv4'
  if (!isIPv6(ip) || ip.includes('%')) return undefined
  return mappedIPv4(ip) === undefined ? 'IPv6' : 'IPv4'
}

const mappedIPv4 = (ip: string) => /^::ffff:([0-9.]+)$/i.exec(ip)?.[1]

/** RFC 5952's form */
export const canonicalIP = (value: string): string => {
  const ip = withoutLeadingZeros(value)
  if (isIPv4(ip)) return ip
  return mappedIPv4(ip) ?? new URL(`http://[${ip}]`).hostname.slice(1, -1)
}

export const validIP = (path: string, value: string): FieldError[] =>
  ipFamily(value) === undefined
    ? [invalidValue(path, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
    : []

/** For fields that never knew a looser form. */
export const canonicalIPOnly = (path: string, value: string): FieldError[] => {
  const errors = validIP(path, value)
  if (errors.length > 0) return errors
  if (sloppyIPv4.test(value) && !isIPv4(value)) return [invalidValue(path, value, 'must not have leading 0s')]
  if (mappedIPv4(value) !== undefined) return [invalidValue(path, value, 'must not be an IPv4-mapped IPv6 address')]
  const canonical = canonicalIP(value)
  return value === canonical ? [] : [invalidValue(path, value, `must be in canonical form (${JSON.stringify(canonical)})`)]
}

const range = (...subnets: readonly [string, number, 'ipv4' | 'ipv6'][]) => {
  const list = new BlockList()
  for (const subnet of subnets) list.addSubnet(...subnet)
  return (ip: string) => list.check(ip, isIPv4(ip) ? 'ipv4' : 'ipv6')
}

const isLoopback = range(['127.0.0.0', 8, 'ipv4'], ['::1', 128, 'ipv6'])
const isLinkLocal = range(['169.254.0.0', 16, 'ipv4'], ['fe80::', 10, 'ipv6'])
const isLinkLocalMulticast = range(['224.0.0.0', 24, 'ipv4'], ['ff02::', 16, 'ipv6'])

/** Where traffic of a Service may go: no address that means another thing on each node. */
export const endpointIP = (path: string, value: string): FieldError[] => {
  if (ipFamily(value) === undefined) return [invalidValue(path, value, 'must be a valid IP address')]
  const ip = canonicalIP(value)
  return [
    ...(ip === '0.0.0.0' || ip === '::' ? [invalidValue(path, value, `may not be unspecified (${value})`)] : []),
    ...(isLoopback(ip) ? [invalidValue(path, value, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')] : []),
    ...(isLinkLocal(ip) ? [invalidValue(path, value, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')] : []),
    ...(isLinkLocalMulticast(ip)
      ? [invalidValue(path, value, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')]
      : []),
  ]
}

/** Warnings about a valid address in a form that will not always be accepted. */
export const ipWarnings = (path: string, value: string): string[] => {
  const family = ipFamily(value)
  if (family === undefined) return []
  const canonical = canonicalIP(value)
  if (family === 'IPv4')
    return value === canonical
      ? []
      : [
          `${path}: non-standard IP address ${JSON.stringify(value)} will be considered invalid in a future Kubernetes release: use ${JSON.stringify(canonical)}`,
        ]
  return value === canonical
    ? []
    : [`${path}: IPv6 address ${JSON.stringify(value)} should be in RFC 5952 canonical format (${JSON.stringify(canonical)})`]
}
