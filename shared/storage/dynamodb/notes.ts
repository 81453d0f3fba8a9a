import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { Connection } from './connection.ts'
import { type Item, type ItemKey, sortKey, textOf } from './items.ts'

/** What somebody has to remember of objects from one run to the next, outside of the log. Each is JSON. */
export interface Notes<T> {
  /** of a namespace, by object name */
  of(namespace: string): Promise<ReadonlyMap<string, T>>
  keep(namespace: string, name: string, note: T): Promise<void>
  forget(namespace: string, name: string): Promise<void>
}

/** An item a note, below a partition key a subject. */
export const openDynamoDbNotes = <T>(options: {
  readonly client: DynamoDBClient
  readonly table: string
  readonly subject: string
}): Notes<T> => {
  const connection = new Connection(options)
  const pk = { S: `note#${options.subject}` }
  const keyOf = (namespace: string, name: string): ItemKey => ({ pk, sk: { S: sortKey(namespace, name) } })
  return {
    of: async (namespace) => {
      const found = new Map<string, T>()
      let next: Item | undefined
      do {
        const page = await connection.query({
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
          ExpressionAttributeValues: { ':pk': pk, ':sk': { S: sortKey(namespace, '') } },
          ExclusiveStartKey: next,
        })
        for (const item of page.items)
          found.set(textOf(item, 'sk').slice(namespace.length + 1), JSON.parse(textOf(item, 'note')) as T)
        next = page.next
      } while (next)
      return found
    },
    keep: async (namespace, name, note) => {
      await connection.update({
        Key: keyOf(namespace, name),
        UpdateExpression: 'SET note = :note',
        ExpressionAttributeValues: { ':note': { S: JSON.stringify(note) } },
        ReturnValues: 'NONE',
      })
    },
    forget: (namespace, name) => connection.remove(keyOf(namespace, name)),
  }
}
