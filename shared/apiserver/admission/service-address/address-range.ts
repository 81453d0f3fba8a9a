import type { Random } from '../../../platform/random.ts'

/** An IPv4 range such as 10.96.0.0/16, less its network and broadcast addresses. */
export interface AddressRange {
  readonly cidr: string
  readonly first: number
  readonly last: number
}

export const parseAddressRange = (cidr: string): AddressRange => {
  const [address = '', length = ''] = cidr.split('/')
  const size = 2 ** (32 - Number(length))
  const start = toNumber(address)
  return { cidr, first: start + 1, last: start + size - 2 }
}

export const toNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

export const toAddress = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')

/** The lower part is left for requested values as long as the upper has room; offsets as upstream's. */
export const staticBand = (size: number, { min, max, step }: { min: number; max: number; step: number }) =>
  size <= min ? 0 : Math.min(Math.max(min, Math.floor(size / step)), max)

/** Every value once: the upper band from a random start, then the lower one. */
export function* candidates(first: number, last: number, options: { band: number; random: Random }): Generator<number> {
  const { band, random } = options
  const split = first + band
  yield* rotated(split, last, random)
  yield* rotated(first, split - 1, random)
}

function* rotated(first: number, last: number, random: Random): Generator<number> {
  const size = last - first + 1
  if (size <= 0) return
  const start = random.integer(size)
  for (let offset = 0; offset < size; offset++) yield first + ((start + offset) % size)
}
