import type { Random } from '../../../contract/random.ts'

export type Json = Record<string, unknown>

export const chance = (random: Random, of: number): boolean => random.next() < of

/** Of the right ones, and seldom of the others. */
export const mostly = <T, U>(random: Random, right: readonly T[], others: readonly U[]): T | U =>
  chance(random, 0.96) ? random.pick(right) : random.pick(others)
