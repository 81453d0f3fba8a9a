import type { CreateTableCommandInput, TableDescription } from '@aws-sdk/client-dynamodb'
import { formatName, type StoreFormat, upgradesFrom } from '../format.ts'
import { StoreUnavailable } from '../store.ts'
import type { Connection } from './connection.ts'
import { type ItemKey, numberOf, textOf } from './items.ts'
import { adoptRestored, identityOf } from './restored.ts'

/** The shape of the table, for whoever makes it. Time to live belongs on `ttlAttribute`. */
export const tableDefinition = {
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
} as const satisfies Omit<CreateTableCommandInput, 'TableName'>

/** seconds since the epoch, on log items and on parts of large values that nothing refers to */
export const ttlAttribute = 'expires'

const formatKey: ItemKey = { pk: { S: 'meta' }, sk: { S: 'format' } }
export const counterKey: ItemKey = { pk: { S: 'meta' }, sk: { S: 'counter' } }

export type TableFormat = StoreFormat<Connection, Promise<void>>

/**
 * A change of what stands in the table is a new version, with the step that leads to it. Several processes may run a step at
 * once, beside others that still write as the version before.
 */
export const tableFormat: TableFormat = { version: 1, upgrades: [] }

/** Refuses, before anything is written, a table of another shape or format; an older one is upgraded, an empty one becomes a store. */
export const prepareTable = async (options: { connection: Connection; nowMs: number; format: TableFormat }): Promise<void> => {
  const { connection, nowMs, format } = options
  const { Table } = await connection.describe()
  checkKeys(connection.table, Table)
  const identity = identityOf(Table ?? {})
  const found = await connection.get(formatKey)
  if (found) {
    await upgradeTable(connection, textOf(found, 'format'), format)
    return adoptRestored({ connection, keys: { counter: counterKey, format: formatKey }, found, identity, nowMs })
  }
  const first = { n: { N: '1' }, at: { N: String(nowMs) }, decided: { N: '1' }, oldest: { N: '1' } }
  await connection.putIfAbsent({ ...counterKey, ...first })
  await connection.putIfAbsent({ ...formatKey, format: { S: formatName(format.version) }, table: { S: identity } })
}

const upgradeTable = async (connection: Connection, found: string, format: TableFormat): Promise<void> => {
  for (const { from, run } of upgradesFrom({ found, format, where: `table "${connection.table}"` })) {
    await run(connection)
    // Another process may have been quicker.
    await connection.update({
      Key: formatKey,
      UpdateExpression: 'SET #format = :next',
      ConditionExpression: '#format = :from',
      ExpressionAttributeNames: { '#format': 'format' },
      ExpressionAttributeValues: { ':next': { S: formatName(from + 1) }, ':from': { S: formatName(from) } },
    })
  }
}

const checkKeys = (table: string, description: TableDescription | undefined) => {
  const shape = (keys: readonly { AttributeName?: string | undefined; KeyType?: string | undefined }[] | undefined) =>
    (keys ?? []).map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ')
  const found = shape(description?.KeySchema)
  const wanted = shape(tableDefinition.KeySchema)
  if (found !== wanted)
    throw new StoreUnavailable(`table "${table}" has the keys (${found}), a store's are (${wanted}): name the store's table`)
}

export interface Counter {
  /** the last revision that was taken */
  readonly n: number
  /** when it was taken */
  readonly atMs: number
  /** who took it knew, at most `freshMs` before, that every revision up to here was decided */
  readonly decided: number
  /** history up to here was dropped on demand */
  readonly oldest: number
}

export const readCounter = async (connection: Connection): Promise<Counter> => {
  const item = await connection.get(counterKey)
  if (!item) throw new StoreUnavailable(`table "${connection.table}" has lost its counter: restore a backup`)
  return {
    n: numberOf(item, 'n'),
    atMs: numberOf(item, 'at'),
    decided: numberOf(item, 'decided'),
    oldest: numberOf(item, 'oldest'),
  }
}
