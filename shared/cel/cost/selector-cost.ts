import type { Estimate } from '../cel.ts'
import { fixed, plus, scaled } from './estimate.ts'

/** A requirement takes two characters at least, and a struct and a list to hold it. */
export const selectorCost = (length: Estimate): Estimate =>
  plus(plus(fixed(10), scaled(length, 0.1)), scaled(scaled(length, 0.5), 50))
