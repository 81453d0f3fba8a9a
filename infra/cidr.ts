/** undefined: no IPv4 CIDR in its canonical form. */
export const cidrRange = (cidr: string): { first: number; last: number; prefix: number } | undefined => {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr)
  if (!match) return undefined
  const [bytes, prefix] = [match.slice(1, 5).map(Number), Number(match[5])]
  if (prefix > 32 || bytes.some((byte) => byte > 255)) return undefined
  const first = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  const size = 2 ** (32 - prefix)
  return first % size === 0 ? { first, last: first + size - 1, prefix } : undefined
}

export const overlaps = (one: string, other: string): boolean => {
  const [a, b] = [cidrRange(one), cidrRange(other)]
  return a !== undefined && b !== undefined && a.first <= b.last && b.first <= a.last
}
