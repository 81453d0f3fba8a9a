import { formatAddress, isRange, overlap, parseRange } from '../shared/meta/ipv4.ts'

/** Prefix length; undefined: no IPv4 CIDR in its canonical form. */
export const prefixOf = (cidr: string): number | undefined => {
  if (!isRange(cidr)) return undefined
  const { first, prefixLength } = parseRange(cidr)
  return cidr === `${formatAddress(first)}/${prefixLength}` ? prefixLength : undefined
}

export const overlaps = (one: string, other: string): boolean => overlap(parseRange(one), parseRange(other))
