import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Heartbeats } from '../heartbeats.ts'
import { Connection } from './connection.ts'
import { type Item, type ItemKey, numberOf } from './items.ts'

/** the partition key that holds them, and nothing else */
export const heartbeatPartition = 'heartbeat'
const prefix = 'node/'

/** An expression has room for 4 KB and 300 operators. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const mostAtOnce = 40

/**
 * One item with an attribute a node, since a write costs by what it touches: a hundred nodes are 4 KB, ten thousand its 400 KB. A
 * heartbeat that comes late does not put the clock back.
 */
export const openDynamoDbHeartbeats = (options: {
  readonly client: DynamoDBClient
  readonly table: string
  /** for what else does something at times; default: nodes */
  readonly partition?: string
}): Heartbeats => {
  const key: ItemKey = { pk: { S: options.partition ?? heartbeatPartition }, sk: { S: 'all' } }
  const connection = new Connection(options)
  const all = async () => beatsOf(await connection.get(key))

  const recordSome = async (beats: readonly (readonly [node: string, atMs: number])[]): Promise<void> => {
    for (let newer = beats; newer.length > 0; ) {
      const recorded = await connection.update({
        Key: key,
        UpdateExpression: `SET ${newer.map((_, i) => `#${i} = :${i}`).join(', ')}`,
        ConditionExpression: newer.map((_, i) => `(attribute_not_exists(#${i}) OR #${i} < :${i})`).join(' AND '),
        ExpressionAttributeNames: Object.fromEntries(newer.map(([node], i) => [`#${i}`, prefix + node])),
        ExpressionAttributeValues: Object.fromEntries(newer.map(([, atMs], i) => [`:${i}`, { N: String(atMs) }])),
        ReturnValues: 'NONE',
      })
      if (recorded) return
      const known = await all()
      newer = newer.filter(([node, atMs]) => (known.get(node) ?? 0) < atMs)
    }
  }

  return {
    record: async (beats) => {
      for (const some of inParts([...beats])) await recordSome(some)
    },
    all,
    forget: async (nodes) => {
      for (const some of inParts(nodes)) {
        await connection.update({
          Key: key,
          UpdateExpression: `REMOVE ${some.map((_, i) => `#${i}`).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(some.map((node, i) => [`#${i}`, prefix + node])),
          ReturnValues: 'NONE',
        })
      }
    },
  }
}

const beatsOf = (item: Item = {}): Map<string, number> =>
  new Map(
    Object.keys(item)
      .filter((name) => name.startsWith(prefix))
      .map((name) => [name.slice(prefix.length), numberOf(item, name)]),
  )

const inParts = <T>(values: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(values.length / mostAtOnce) }, (_, i) => values.slice(i * mostAtOnce, (i + 1) * mostAtOnce))
