import type { AttributeValue } from '@aws-sdk/client-dynamodb'

type WireValue = Omit<AttributeValue, 'B'> & { readonly B?: string }
type WireItem = Readonly<Record<string, WireValue>>

const unitBytes = 4096

/**
 * What a read consumes; the emulator takes every item for a small one. Of a projection only what it answers is seen here.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export const readUnitsOf = (input: Readonly<Record<string, unknown>>, answer: Readonly<Record<string, unknown>>): number => {
  const items = (answer.Items ?? (answer.Item === undefined ? [] : [answer.Item])) as WireItem[]
  const bytes = items.reduce((sum, item) => sum + itemBytes(item), 0)
  return Math.max(1, Math.ceil(bytes / unitBytes)) * (input.ConsistentRead === true ? 1 : 0.5)
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
const itemBytes = (item: WireItem): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0)

const valueBytes = (value: WireValue): number => {
  if (value.S !== undefined) return Buffer.byteLength(value.S)
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1
  if (value.B !== undefined) return Buffer.byteLength(value.B, 'base64')
  if (value.M !== undefined) return 3 + itemBytes(value.M as WireItem) + Object.keys(value.M).length
  if (value.L !== undefined) return value.L.reduce((sum, each) => sum + 1 + valueBytes(each as WireValue), 3)
  return 1
}
