import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Heartbeats } from '../heartbeats.ts'
import { Connection } from './connection.ts'
import { type Item, numberOf, textOf } from './items.ts'

const partition = { S: 'heartbeat' }
const keyOf = (node: string) => ({ pk: partition, sk: { S: node } })

/** One item a node. A heartbeat that comes late does not put the clock back. */
export const openDynamoDbHeartbeats = (options: { client: DynamoDBClient; table: string }): Heartbeats => {
  const connection = new Connection(options)
  return {
    record: async (node, atMs) => {
      await connection.update({
        Key: keyOf(node),
        UpdateExpression: 'SET #at = :at',
        ConditionExpression: 'attribute_not_exists(#at) OR #at < :at',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':at': { N: String(atMs) } },
      })
    },
    all: async () => {
      const found = new Map<string, number>()
      let from: Item | undefined
      do {
        const { items, next } = await connection.query({
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': partition },
          ...(from && { ExclusiveStartKey: from }),
        })
        for (const item of items) found.set(textOf(item, 'sk'), numberOf(item, 'at'))
        from = next
      } while (from !== undefined)
      return found
    },
    forget: (node) => connection.remove(keyOf(node)),
  }
}
