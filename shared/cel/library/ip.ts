import { boolType, intType, opaqueType, stringType } from '../type.ts'
import { wrongArgument } from '../value/compare.ts'
import { quoted } from '../value/string.ts'
import { CelError, type CelValue, OpaqueValue } from '../value/value.ts'
import { declare, type FunctionDeclaration, method, overload } from './declaration.ts'
import { type Address, AddressError, addressText, isMapped, parseAddress, sameAddress } from './ip-address.ts'

export const ipType = opaqueType('net.IP')

export class IpValue extends OpaqueValue {
  readonly type = ipType
  readonly address: Address
  constructor(address: Address) {
    super()
    this.address = address
  }
  equals(other: CelValue): boolean | CelError {
    return other instanceof IpValue ? sameAddress(this.address, other.address) : wrongArgument(other)
  }
  override get size(): number {
    return this.address.bytes.length
  }
}

/** Also what `containsIP` reads. */
export const readIp = (text: string): IpValue | CelError => {
  try {
    const address = parseAddress(text)
    if (address.zone) return new CelError(`IP address ${quoted(text)} with zone value is not allowed`)
    if (isMapped(address)) return new CelError(`IPv4-mapped IPv6 address ${quoted(text)} is not allowed`)
    return new IpValue(address)
  } catch (error) {
    if (!(error instanceof AddressError)) throw error
    return new CelError(`IP Address ${quoted(text)} parse error during conversion from string: ${error.message}`)
  }
}

const isCanonical = (text: string): CelValue => {
  const ip = readIp(text)
  return ip instanceof CelError ? ip : addressText(ip.address) === text
}

type Test = (bytes: Uint8Array, isV4: boolean) => boolean

const isUnspecified: Test = (bytes) => bytes.every((byte) => byte === 0)
const isLoopback: Test = (bytes, isV4) => (isV4 ? bytes[0] === 127 : bytes.every((byte, at) => byte === (at === 15 ? 1 : 0)))
const isLinkLocalMulticast: Test = (bytes, isV4) =>
  isV4 ? bytes[0] === 224 && bytes[1] === 0 && bytes[2] === 0 : bytes[0] === 0xff && (bytes[1]! & 0x0f) === 2
const isLinkLocalUnicast: Test = (bytes, isV4) =>
  isV4 ? bytes[0] === 169 && bytes[1] === 254 : bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80
const isMulticast: Test = (bytes, isV4) => (isV4 ? (bytes[0]! & 0xf0) === 0xe0 : bytes[0] === 0xff)
const isGlobalUnicast: Test = (bytes, isV4) =>
  !(isV4 && bytes.every((byte) => byte === 255)) &&
  ![isUnspecified, isLoopback, isMulticast, isLinkLocalUnicast].some((test) => test(bytes, isV4))

const testing = (name: string, id: string, test: Test): FunctionDeclaration =>
  declare(name, [method(id, [ipType], boolType, ({ address }: IpValue) => test(address.bytes, address.bytes.length === 4))])

export const ip: readonly FunctionDeclaration[] = [
  declare('ip', [overload('string_to_ip', [stringType], ipType, readIp)]),
  declare('family', [method('ip_family', [ipType], intType, ({ address }: IpValue) => (address.bytes.length === 4 ? 4n : 6n))]),
  declare('ip.isCanonical', [overload('ip_is_canonical', [stringType], boolType, isCanonical)]),
  testing('isUnspecified', 'ip_is_unspecified', isUnspecified),
  testing('isLoopback', 'ip_is_loopback', isLoopback),
  testing('isLinkLocalMulticast', 'ip_is_link_local_multicast', isLinkLocalMulticast),
  testing('isLinkLocalUnicast', 'ip_is_link_local_unicast', isLinkLocalUnicast),
  testing('isGlobalUnicast', 'ip_is_global_unicast', isGlobalUnicast),
  declare('isIP', [overload('is_ip', [stringType], boolType, (text: string) => readIp(text) instanceof IpValue)]),
  declare('string', [overload('ip_to_string', [ipType], stringType, ({ address }: IpValue) => addressText(address))]),
]
