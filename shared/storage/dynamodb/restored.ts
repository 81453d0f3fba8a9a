import type { TableDescription } from '@aws-sdk/client-dynamodb'
import type { Connection } from './connection.ts'
import { createBackoff, hasName } from './errors.ts'
import { type Item, type ItemKey, textOf } from './items.ts'

/** More revisions than a table takes in three months at its fastest (a thousand a second), and no point in time is further back than 35 days. */
const jump = 10_000_000_000

/** What tells a table from one that it was restored from: that carries the same items, and another identity. */
export const identityOf = ({ TableId, CreationDateTime }: TableDescription): string =>
  TableId ?? CreationDateTime?.toISOString() ?? ''

export interface RestoredOptions {
  readonly connection: Connection
  readonly keys: { readonly counter: ItemKey; readonly format: ItemKey }
  /** the format's item as it was found */
  readonly found: Item
  readonly identity: string
  readonly nowMs: number
}

/**
 * A table that was restored knows nothing of what came after the moment it was restored to, but clients do: no revision of that time may
 * be given to anything else. So all of them are left out, and who holds one is told that it has expired, and lists again.
 */
export const adoptRestored = async (options: RestoredOptions): Promise<void> => {
  const { connection, keys, found, identity, nowMs } = options
  const known = textOf(found, 'table')
  if (known === identity || identity === '') return
  if (known === '') return rememberIdentity(options)
  const counter = await connection.get(keys.counter)
  if (!counter) return
  const n = { N: String(Number(counter.n?.N) + jump) }
  const names = { '#table': 'table' }
  const TransactItems = [
    {
      Update: {
        TableName: connection.table,
        Key: keys.format,
        UpdateExpression: 'SET #table = :identity',
        ConditionExpression: '#table = :known',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ':identity': { S: identity }, ':known': { S: known } },
      },
    },
    {
      Update: {
        TableName: connection.table,
        Key: keys.counter,
        UpdateExpression: 'SET n = :n, decided = :n, oldest = :n, #at = :now',
        ConditionExpression: 'n = :before',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':n': n, ':now': { N: String(nowMs) }, ':before': counter.n! },
      },
    },
  ]
  try {
    await connection.transactOnce({ TransactItems })
  } catch (error) {
    if (!hasName(error, 'TransactionCanceledException', 'TransactionInProgressException')) throw connection.unavailable(error)
    // Another process does the same.
    await createBackoff().before(1)
    const again = await connection.get(keys.format)
    if (again && textOf(again, 'table') !== identity) await adoptRestored({ ...options, found: again })
  }
}

/** A table from before identities were noted. */
const rememberIdentity = async ({ connection, keys, identity }: RestoredOptions): Promise<void> => {
  await connection.update({
    Key: keys.format,
    UpdateExpression: 'SET #table = :identity',
    ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(#table)',
    ExpressionAttributeNames: { '#table': 'table' },
    ExpressionAttributeValues: { ':identity': { S: identity } },
  })
}
