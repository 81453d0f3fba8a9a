/** A range of IPv4 addresses, first address and number of them as unsigned integers. */
export interface AddressRange {
  readonly first: number
  readonly size: number
  readonly prefixLength: number
}

const byte = '(0|[1-9]\\d{0,2})'
const pattern = new RegExp(`^${byte}\\.${byte}\\.${byte}\\.${byte}$`)

/**
 * undefined when the text is not a dotted IPv4 address. One with leading zeros is none: `ip`, `bridge` and `nft` read those as octal, so what
 * was looked at here would not be what they use.
 */
export const parseAddress = (text: string): number | undefined => {
  const match = pattern.exec(text)
  if (!match) return undefined
  let value = 0
  for (const part of match.slice(1)) {
    const byte = Number(part)
    if (byte > 255) return undefined
    value = value * 256 + byte
  }
  return value
}

/** The address in its one form; leading zeros, as old Services and EndpointSlices may have them, are decimal. undefined: no IPv4 address. */
export const plainAddress = (text: string): string | undefined => {
  const plain = text.replace(/(^|\.)0+(?=\d)/g, '$1')
  return parseAddress(plain) === undefined ? undefined : plain
}

export const formatAddress = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.')

/** Throws on anything but `a.b.c.d/n`. */
export const parseRange = (cidr: string): AddressRange => {
  const [text = '', length = ''] = cidr.split('/')
  const address = parseAddress(text)
  const prefixLength = Number(length)
  if (!isRange(cidr) || address === undefined) throw new Error(`invalid IPv4 range "${cidr}"`)
  const size = 2 ** (32 - prefixLength)
  return { first: address - (address % size), size, prefixLength }
}

export const isRange = (cidr: string) => {
  const [address = '', length = ''] = cidr.split('/')
  return cidr.split('/').length === 2 && parseAddress(address) !== undefined && /^\d{1,2}$/.test(length) && Number(length) <= 32
}

export const contains = (range: AddressRange, address: number) => address >= range.first && address < range.first + range.size

export const overlap = (a: AddressRange, b: AddressRange) => a.first < b.first + b.size && b.first < a.first + a.size

/** Counted from the range's own address, which is 0; negative ones from its end. */
export const nthAddress = (cidr: string, n: number) => {
  const { first, size } = parseRange(cidr)
  return formatAddress(n < 0 ? first + size + n : first + n)
}

/** The two halves, more specific than the range itself. */
export const halves = (cidr: string): [string, string] => {
  const { first, size, prefixLength } = parseRange(cidr)
  return [`${formatAddress(first)}/${prefixLength + 1}`, `${formatAddress(first + size / 2)}/${prefixLength + 1}`]
}
