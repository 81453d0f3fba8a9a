/** Hashes that stand in names, as upstream makes them. */

const offsetBasis = 0x811c9dc5
const prime = 0x01000193

/** FNV-1; `start` goes on from an earlier one. */
export const fnv32 = (text: string, start = offsetBasis): number => {
  let hash = start
  for (const byte of Buffer.from(text)) hash = Math.imul(hash, prime) ^ byte
  return hash >>> 0
}

/** FNV-1a. */
export const fnv32a = (bytes: Uint8Array): number => {
  let hash = offsetBasis
  for (const byte of bytes) hash = Math.imul(hash ^ byte, prime)
  return hash >>> 0
}

// No vowels and nothing that reads like one: hashes never spell words.
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
export const safeEncode = (hash: number): string =>
  [...String(hash)].map((digit) => alphabet[digit.charCodeAt(0) % alphabet.length]).join('')
