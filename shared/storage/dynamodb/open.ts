import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../platform/clock.ts'
import { systemClock } from '../../platform/clock.ts'
import { ChangeSignal } from '../change-signal.ts'
import { jsonDeletion } from '../deletion.ts'
import { defaultHistorySeconds } from '../history-seconds.ts'
import {
  type Change,
  type Entry,
  RevisionConflict,
  RevisionExpired,
  RevisionInFuture,
  type Store,
  StoreUnavailable,
} from '../store.ts'
import { visitListed } from '../visit-listed.ts'
import { Connection, type Usage } from './connection.ts'
import {
  decodeKey,
  expiredBefore,
  type Item,
  keyOfExpiry,
  liveObject,
  numberOf,
  objectItemKey,
  revisionOfLogItem,
  textOf,
} from './items.ts'
import { listObjects } from './lists.ts'
import { Log } from './log.ts'
import { prepareTable, type TableFormat, tableFormat } from './table.ts'
import { loadValue } from './values.ts'
import { createObject, entryOf, replaceObject, type WriteContext } from './writes.ts'

export interface DynamoDbStoreOptions {
  readonly client: DynamoDBClient
  /** made as `tableDefinition` says */
  readonly table: string
  readonly clock?: Clock | undefined
  /** @default defaultHistorySeconds */
  readonly historySeconds?: number | undefined
  /** how long a revision that was taken may stay unwritten before others make it void; default 1000 */
  readonly gapMs?: number | undefined
  /** how often one who waits looks for changes of other processes; default 1000 */
  readonly pollMs?: number | undefined
  readonly encodeDeletion?: ((last: Entry, revision: number) => Uint8Array) | undefined
  /** @default tableFormat */
  readonly format?: TableFormat | undefined
}

export interface DynamoDbStore extends Store {
  /** what was asked of DynamoDB so far */
  readonly usage: Usage
  /** Removes objects whose time has come. The log's items go by DynamoDB's own time to live. */
  sweep(): Promise<void>
}

export const openDynamoDbStore = async (options: DynamoDbStoreOptions): Promise<DynamoDbStore> => {
  const { client, table, clock = systemClock, historySeconds = defaultHistorySeconds, gapMs = 1000, pollMs = 1000 } = options
  const { encodeDeletion = jsonDeletion, format = tableFormat } = options
  const now = () => clock.now()
  const connection = new Connection({ client, table })
  await prepareTable({ connection, nowMs: now(), format })
  const log = new Log({ connection, now, historyMs: historySeconds * 1000, gapMs })
  const context: WriteContext = { connection, log, now }
  const signal = new ChangeSignal({ pollMs })
  let closed = false

  const open = () => {
    if (closed) throw new StoreUnavailable('the store is closed')
  }
  const acknowledged = (entry: Entry): Entry => {
    signal.wake()
    return entry
  }
  const hasChanged = async (after: number): Promise<boolean> => {
    try {
      return (await log.read(after, 1)).items.length > 0
    } catch (error) {
      if (error instanceof RevisionInFuture) return false
      // `changes` will say it.
      if (error instanceof RevisionExpired) return true
      throw error
    }
  }

  const list: Store['list'] = async (resource, listOptions = {}) => {
    open()
    return listObjects({ connection, log }, resource, listOptions)
  }

  return {
    get: async (key) => {
      open()
      const item = liveObject(await connection.get(objectItemKey(key)))
      return item && entryOf(connection, key, item)
    },
    list,
    listValues: visitListed(list),
    create: async (key, encode, { ttlSeconds } = {}) => {
      open()
      return acknowledged(await createObject(context, { key, encode, ttlSeconds }))
    },
    update: async (key, expected, encode, { ttlSeconds } = {}) => {
      open()
      return acknowledged(await replaceObject(context, { type: 'updated', key, expected, encode, ttlSeconds }))
    },
    delete: async (key, expected, encode) => {
      open()
      return acknowledged(await replaceObject(context, { type: 'deleted', key, expected, encode }))
    },
    changes: async (after, limit) => {
      open()
      const { items, position, more } = await log.read(after, limit)
      const changes = items.filter((item) => textOf(item, 'type') !== 'void').map((item) => changeOf(connection, item))
      return { changes: await Promise.all(changes), position, more }
    },
    waitForChange: async (after, abort) => {
      open()
      while (!abort.aborted && !closed && !(await hasChanged(after))) await signal.wait(abort)
    },
    revision: async () => {
      open()
      return log.revision()
    },
    compact: async (revision) => {
      open()
      await log.drop(revision)
    },
    close: async () => {
      if (closed) return
      closed = true
      signal.close()
      connection.close()
    },
    usage: connection.usage,
    sweep: async () => {
      open()
      await expire(context, encodeDeletion)
    },
  }
}

const changeOf = async (connection: Connection, item: Item): Promise<Change> => {
  const [value, previous] = await Promise.all([loadValue(connection, item.v), item.p ? loadValue(connection, item.p) : undefined])
  const type = textOf(item, 'type') as Change['type']
  return { type, key: decodeKey(textOf(item, 'key')), revision: revisionOfLogItem(item), value, previous }
}

type EncodeDeletion = NonNullable<DynamoDbStoreOptions['encodeDeletion']>

const expire = async (context: WriteContext, encodeDeletion: EncodeDeletion): Promise<void> => {
  for (;;) {
    const { items } = await context.connection.query({ ...expiredBefore(context.now()), Limit: 20 })
    if (items.length === 0) return
    await Promise.all(items.map((item) => expireObject(context, item, encodeDeletion)))
  }
}

const expireObject = async (context: WriteContext, expiry: Item, encodeDeletion: EncodeDeletion): Promise<void> => {
  const { connection } = context
  const key = keyOfExpiry(expiry)
  const found = liveObject(await connection.get(objectItemKey(key)))
  // A later write gave the object another time to live, or none.
  if (found && numberOf(found, 'r') === numberOf(expiry, 'r')) {
    const last = await entryOf(connection, key, found)
    try {
      await replaceObject(context, {
        type: 'deleted',
        key,
        expected: last.revision,
        encode: (revision) => encodeDeletion(last, revision),
      })
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error
    }
  }
  await connection.remove({ pk: { S: textOf(expiry, 'pk') }, sk: { S: textOf(expiry, 'sk') } })
}
