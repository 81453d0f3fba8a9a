import { isIPv4 } from 'node:net'
import { type FieldError, invalidValue } from '../../meta/field-error.ts'
import { canonicalIP, type IPFamily, ipFamily } from './ip.ts'

interface CIDR {
  readonly family: IPFamily
  readonly ip: string
  readonly length: number
  /** the range it is in, in canonical form: `10.0.0.0/8` */
  readonly network: string
}

const bits = { IPv4: 32, IPv6: 128 } as const

/** undefined: not a range */
export const parseCIDR = (value: string): CIDR | undefined => {
  const [ip = '', digits = '', ...rest] = value.split('/')
  const family = ipFamily(ip)
  // Of an IPv4-mapped address the length counts all 128 bits.
  const length = isMapped(ip) ? Number(digits) - 96 : Number(digits)
  if (family === undefined || rest.length > 0 || !/^[0-9]{1,3}$/.test(digits) || length < 0 || length > bits[family])
    return undefined
  return { family, ip, length, network: `${maskedIP(ip, family, length)}/${length}` }
}

const isMapped = (ip: string) => /^::ffff:[0-9.]+$/i.test(ip)

const maskedIP = (ip: string, family: IPFamily, length: number): string => {
  const zeros = BigInt(bits[family] - length)
  return fromNumber((toNumber(canonicalIP(ip)) >> zeros) << zeros, family)
}

const toNumber = (ip: string): bigint => {
  if (isIPv4(ip)) return ip.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
  const [head = '', tail] = ip.split('::')
  const groups = (text: string | undefined) => (text ? text.split(':') : [])
  const zeros = Array.from({ length: 8 - groups(head).length - groups(tail).length }, () => '0')
  const all = tail === undefined ? groups(head) : [...groups(head), ...zeros, ...groups(tail)]
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}

const fromNumber = (value: bigint, family: IPFamily): string => {
  const [count, width] = family === 'IPv4' ? ([4, 8n] as const) : ([8, 16n] as const)
  const parts = Array.from({ length: count }, (_, index) => (value >> (width * BigInt(count - 1 - index))) & ((1n << width) - 1n))
  return family === 'IPv4' ? parts.join('.') : canonicalIP(parts.map((part) => part.toString(16)).join(':'))
}

/** Whether all of `inner` is in `range`, which is larger. */
export const containsCIDR = (range: CIDR, inner: CIDR): boolean =>
  range.family === inner.family &&
  range.length < inner.length &&
  `${maskedIP(inner.ip, range.family, range.length)}/${range.length}` === range.network

export const validCIDR = (path: string, value: string): FieldError[] =>
  parseCIDR(value) === undefined
    ? [invalidValue(path, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
    : []

/** For fields that never knew a looser form. */
export const canonicalCIDROnly = (path: string, value: string): FieldError[] => {
  if (isMapped(value.split('/')[0] ?? '')) return [invalidValue(path, value, 'must not have an IPv4-mapped IPv6 address')]
  const cidr = parseCIDR(value)
  if (cidr === undefined) return validCIDR(path, value)
  if (/(^|[./])0[0-9]/.test(value)) return [invalidValue(path, value, 'must not have leading 0s in IP or prefix length')]
  if (canonicalIP(cidr.ip) !== cidr.network.split('/')[0])
    return [invalidValue(path, value, 'must not have bits set beyond the prefix length')]
  return value === cidr.network ? [] : [invalidValue(path, value, `must be in canonical form (${JSON.stringify(cidr.network)})`)]
}

/** Of an interface: it and how much of it is the network's. */
export const interfaceAddress = (path: string, value: string): FieldError[] => {
  const cidr = parseCIDR(value)
  if (cidr === undefined)
    return [invalidValue(path, value, 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)')]
  const canonical = `${canonicalIP(cidr.ip)}/${cidr.length}`
  return value === canonical ? [] : [invalidValue(path, value, `must be in canonical form (${JSON.stringify(canonical)})`)]
}

/** Warnings about a valid range in a form that will not always be accepted. */
export const cidrWarnings = (path: string, value: string): string[] => {
  const cidr = parseCIDR(value)
  if (cidr === undefined) return []
  const [network, quoted] = [JSON.stringify(cidr.network), JSON.stringify(value)]
  const ip = canonicalIP(cidr.ip)
  const found: string[] = []
  if (ip !== cidr.network.split('/')[0])
    found.push(
      `${path}: CIDR value ${quoted} is ambiguous in this context (should be ${network} or ${JSON.stringify(`${ip}/${bits[cidr.family]}`)}?)`,
    )
  if (cidr.family === 'IPv4' && (isMapped(cidr.ip) || /(^|[./])0[0-9]/.test(value)))
    found.push(
      `${path}: non-standard CIDR value ${quoted} will be considered invalid in a future Kubernetes release: use ${network}`,
    )
  if (found.length === 0 && value !== cidr.network)
    found.push(`${path}: IPv6 CIDR value ${quoted} should be in RFC 5952 canonical format (${network})`)
  return found
}
