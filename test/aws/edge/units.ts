import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { AwsCall } from './request.ts'

type WireValue = Omit<AttributeValue, 'B'> & { readonly B?: string }
type WireItem = Readonly<Record<string, WireValue>>

export interface Units {
  readonly readUnits?: number
  readonly writeUnits?: number
}

interface ConsumedCapacity {
  readonly CapacityUnits?: number
}

const writtenBytes = 1024
const refusals = ['ConditionalCheckFailedException', 'TransactionCanceledException']

/**
 * What a call of DynamoDB is charged for, once its answer is known: what DynamoDB Local reports, but that it takes an empty read for
 * nothing, counts one item of a transaction, and nothing of what a condition refused.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export const unitsOf = (
  { action, input }: Pick<AwsCall, 'action' | 'input'>,
  answer: Readonly<Record<string, unknown>>,
): Units => {
  const refusal = typeof answer.__type === 'string' ? answer.__type : undefined
  if (refusal !== undefined && !refusals.some((name) => refusal.endsWith(name))) return {}
  const consumed = answer.ConsumedCapacity as ConsumedCapacity | readonly ConsumedCapacity[] | undefined
  const reported = [consumed ?? []].flat().reduce<number>((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0)
  if (action === 'GetItem' || action === 'Query')
    return { readUnits: Math.max(reported, input.ConsistentRead === true ? 1 : 0.5) }
  if (action === 'TransactWriteItems') return { writeUnits: Math.max(reported, transactionUnits(input)) }
  return { writeUnits: Math.max(reported, writeUnits(input.Item)) }
}

/** Twice for each item, by its new size where it is put; else one is taken for small. */
const transactionUnits = ({ TransactItems = [] }: { readonly TransactItems?: readonly TransactWriteItem[] }): number =>
  TransactItems.reduce((sum, { Put }) => sum + 2 * writeUnits(Put?.Item), 0)

const writeUnits = (item: unknown): number =>
  item === undefined ? 1 : Math.max(1, Math.ceil(itemBytes(item as WireItem) / writtenBytes))

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
