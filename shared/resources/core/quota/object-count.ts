import { parseQuantity } from '../../../meta/quantity.ts'
import type { Amounts } from './amounts.ts'
import type { QuotaEvaluator } from './evaluator.ts'

const one = parseQuantity('1')

export const countName = (group: string, plural: string): string => `count/${plural}${group === '' ? '' : `.${group}`}`

/** Of a kind whose objects are only counted, under these names. */
export const createObjectCount = (...names: readonly string[]): QuotaEvaluator => {
  const usage: Amounts = new Map(names.map((name) => [name, one]))
  return {
    tracks: (name) => usage.has(name),
    usage: () => usage,
    matchesScope: () => false,
    chargesUpdate: () => false,
    mayChangeUse: () => false,
  }
}
