import { boolType, intType, opaqueType, stringType } from '../type.ts'
import { wrongArgument } from '../value/compare.ts'
import { quoted } from '../value/string.ts'
import { CelError, type CelValue, OpaqueValue } from '../value/value.ts'
import { declare, type FunctionDeclaration, method, overload } from './declaration.ts'
import { IpValue, ipType, readIp } from './ip.ts'
import { type Address, AddressError, addressText, isMapped, parseAddress, sameAddress } from './ip-address.ts'

export const cidrType = opaqueType('net.CIDR')

class CidrValue extends OpaqueValue {
  readonly type = cidrType
  readonly address: Address
  readonly bits: number
  constructor(address: Address, bits: number) {
    super()
    this.address = address
    this.bits = bits
  }
  equals(other: CelValue): boolean | CelError {
    return other instanceof CidrValue
      ? this.bits === other.bits && sameAddress(this.address, other.address)
      : wrongArgument(other)
  }
  override get size(): number {
    return Math.ceil(this.bits / 8)
  }
  /** Whether the first `bits` bits of both are the same. */
  covers(address: Address, bits: number): boolean {
    if (address.bytes.length !== this.address.bytes.length) return false
    return masked(address, bits).bytes.every((byte, at) => byte === masked(this.address, bits).bytes[at])
  }
}

const masked = ({ bytes }: Address, bits: number): Address => ({
  bytes: bytes.map((byte, at) => byte & (0xff00 >> Math.max(0, Math.min(8, bits - 8 * at)))),
  zone: '',
})

class PrefixError extends Error {}

const parsePrefix = (text: string): CidrValue => {
  const refuse = (why: string): never => {
    throw new PrefixError(`netip.ParsePrefix(${quoted(text)}): ${why}`)
  }
  const slash = text.lastIndexOf('/')
  if (slash < 0) return refuse("no '/'")
  let address: Address
  try {
    address = parseAddress(text.slice(0, slash))
  } catch (error) {
    if (error instanceof AddressError) return refuse(error.message)
    throw error
  }
  if (address.zone) return refuse('IPv6 zones cannot be present in a prefix')
  const length = text.slice(slash + 1)
  if (length.length > 1 && (length[0]! < '1' || length[0]! > '9')) return refuse(`bad bits after slash: ${quoted(length)}`)
  if (!/^\d+$/.test(length)) return refuse(`bad bits after slash: ${quoted(length)}`)
  if (Number(length) > address.bytes.length * 8) return refuse('prefix length out of range')
  return new CidrValue(address, Number(length))
}

const readCidr = (text: string): CidrValue | CelError => {
  const refuse = (why: string) => new CelError(`network address parse error during conversion from string: ${why}`)
  try {
    const cidr = parsePrefix(text)
    return isMapped(cidr.address) ? refuse(`IPv4-mapped IPv6 address ${quoted(text)} is not allowed`) : cidr
  } catch (error) {
    if (!(error instanceof PrefixError)) throw error
    return refuse(`network address parse error during conversion from string: ${error.message}`)
  }
}

const cidrText = ({ address, bits }: CidrValue) => `${addressText(address)}/${bits}`

const containsIp = (cidr: CidrValue, ip: CelValue): CelValue =>
  // Upstream answers with what is called, not with what is wrong.
  ip instanceof IpValue ? cidr.covers(ip.address, cidr.bits) : wrongArgument(cidr)

const containsCidr = (cidr: CidrValue, other: CelValue): CelValue =>
  other instanceof CidrValue ? cidr.bits <= other.bits && cidr.covers(other.address, cidr.bits) : wrongArgument(other)

export const cidr: readonly FunctionDeclaration[] = [
  declare('cidr', [overload('string_to_cidr', [stringType], cidrType, readCidr)]),
  declare('containsIP', [
    method('cidr_contains_ip_string', [cidrType, stringType], boolType, (one: CidrValue, text: string) =>
      containsIp(one, readIp(text)),
    ),
    method('cidr_contains_ip_ip', [cidrType, ipType], boolType, containsIp),
  ]),
  declare('containsCIDR', [
    method('cidr_contains_cidr_string', [cidrType, stringType], boolType, (one: CidrValue, text: string) =>
      containsCidr(one, readCidr(text)),
    ),
    method('cidr_contains_cidr', [cidrType, cidrType], boolType, containsCidr),
  ]),
  declare('ip', [method('cidr_ip', [cidrType], ipType, ({ address }: CidrValue) => new IpValue(address))]),
  declare('prefixLength', [method('cidr_prefix_length', [cidrType], intType, ({ bits }: CidrValue) => BigInt(bits))]),
  declare('masked', [
    method('cidr_masked', [cidrType], cidrType, ({ address, bits }: CidrValue) => new CidrValue(masked(address, bits), bits)),
  ]),
  declare('isCIDR', [overload('is_cidr', [stringType], boolType, (text: string) => readCidr(text) instanceof CidrValue)]),
  declare('string', [overload('cidr_to_string', [cidrType], stringType, cidrText)]),
]
