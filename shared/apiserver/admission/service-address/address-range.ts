import { parseRange } from '../../../meta/ipv4.ts'
import type { Random } from '../../../platform/random.ts'

/** An IPv4 range such as 10.96.0.0/16, less its network and broadcast addresses. */
export interface AddressRange {
  readonly first: number
  readonly last: number
}

export const parseAddressRange = (cidr: string): AddressRange => {
  const { first, size } = parseRange(cidr)
  return { first: first + 1, last: first + size - 2 }
}

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
