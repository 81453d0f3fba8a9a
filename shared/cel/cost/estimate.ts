import type { Estimate } from '../cel.ts'

export const most = 2n ** 64n - 1n

export const saturated = (value: bigint): bigint => (value > most ? most : value)

export const fixed = (value: bigint | number): Estimate => ({ min: BigInt(value), max: BigInt(value) })
export const unknown: Estimate = { min: 0n, max: most }

export const plus = (a: Estimate, b: Estimate): Estimate => ({ min: saturated(a.min + b.min), max: saturated(a.max + b.max) })
export const times = (a: Estimate, b: Estimate): Estimate => ({ min: saturated(a.min * b.min), max: saturated(a.max * b.max) })
// Math.min takes no bigints.
export const least = (a: bigint, b: bigint): bigint => {
  if (a < b) return a
  return b
}
export const union = (a: Estimate, b: Estimate): Estimate => ({
  min: least(a.min, b.min),
  max: a.max + b.max - least(a.max, b.max),
})
export const sum = (estimates: readonly Estimate[]): Estimate => estimates.reduce(plus, fixed(0))

// By doubles, as upstream: what is beyond 53 bits is rounded by them.
const scale = (value: bigint, factor: number): bigint => {
  const scaled = Math.ceil(Number(value) * factor)
  return scaled >= 2 ** 64 ? most : BigInt(scaled)
}

export const scaled = (estimate: Estimate, factor: number): Estimate => ({
  min: scale(estimate.min, factor),
  max: scale(estimate.max, factor),
})
