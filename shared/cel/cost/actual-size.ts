import { sizeOf } from '../library/standard/text.ts'
import { CelList, CelMap, type CelValue, OpaqueValue } from '../value/value.ts'

const traversal = 0.1

/** As upstream's library measures: what has no size counts one. */
export const actualSize = (value: CelValue | undefined): number =>
  value === undefined ? 1 : value instanceof OpaqueValue ? (value.size ?? 1) : (sizeOf(value) ?? 1)

/** The cost of a look at all of a value. */
export const traversalCost = (value: CelValue): number => {
  if (typeof value === 'string') return Math.trunc(Buffer.byteLength(value) * traversal)
  if (value instanceof Uint8Array) return Math.trunc(value.length * traversal)
  let cost = 0
  if (value instanceof CelList) for (const item of value) cost += traversalCost(item)
  else if (value instanceof CelMap) for (const key of value.keys()) cost += traversalCost(key) + traversalCost(value.find(key)!)
  else return 1
  return cost
}
