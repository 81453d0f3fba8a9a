import { randomUUID } from 'node:crypto'
import type { TransactionCanceledException, TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { ObjectKey } from '../../meta/object.ts'
import { type Change, type Encode, type Entry, KeyExists, RevisionConflict, StoreUnavailable } from '../store.ts'
import type { Connection } from './connection.ts'
import { createBackoff, hasName, isAmbiguous, isThrottled } from './errors.ts'
import { encodeKey, expiryItemKey, type Item, liveObject, logItemKey, numberOf, objectItemKey, textOf } from './items.ts'
import type { Log } from './log.ts'
import { adoption, loadValue, orphan, type StoredValue, storeValue } from './values.ts'

export interface WriteContext {
  readonly connection: Connection
  readonly log: Log
  readonly now: () => number
}

interface PlannedWrite {
  readonly type: Change['type']
  readonly key: ObjectKey
  readonly encode: Encode
  /** the object's item before; undefined: there must be none */
  readonly previous: Item | undefined
  readonly ttlSeconds: number | undefined
}

export const createObject = async (
  context: WriteContext,
  write: { key: ObjectKey; encode: Encode; ttlSeconds?: number | undefined },
): Promise<Entry> => {
  const planned: PlannedWrite = { ttlSeconds: undefined, ...write, type: 'created', previous: undefined }
  const outcome = await perform(context, planned)
  if ('entry' in outcome) return outcome.entry
  const current = outcome.current && (await entryOf(context.connection, write.key, outcome.current))
  // It was there when the write failed and is gone since: then the next attempt may succeed.
  return current ? Promise.reject(new KeyExists(current)) : createObject(context, write)
}

export const replaceObject = async (
  context: WriteContext,
  write: { type: 'updated' | 'deleted'; key: ObjectKey; expected: number; encode: Encode; ttlSeconds?: number | undefined },
): Promise<Entry> => {
  const { key, expected } = write
  const previous = liveObject(await context.connection.get(objectItemKey(key)))
  if (!previous || numberOf(previous, 'r') !== expected) {
    throw new RevisionConflict(key, previous && (await entryOf(context.connection, key, previous)))
  }
  const outcome = await perform(context, { ttlSeconds: undefined, ...write, previous })
  if ('current' in outcome) {
    const current = liveObject(outcome.current)
    throw new RevisionConflict(key, current && (await entryOf(context.connection, key, current)))
  }
  await orphan(context.connection, previous.v, context.now())
  return outcome.entry
}

export const entryOf = async (connection: Connection, key: ObjectKey, item: Item): Promise<Entry> => ({
  key,
  revision: numberOf(item, 'r'),
  value: await loadValue(connection, item.v),
})

type Outcome = { readonly entry: Entry } | { readonly current: Item | undefined }

/** Takes revisions until one of them is written, or the object's own condition fails. */
const perform = async (context: WriteContext, write: PlannedWrite): Promise<Outcome> => {
  const { connection, log, now } = context
  const backoff = createBackoff()
  for (let attempt = 1; ; attempt++) {
    const { decided } = log
    const revision = await log.take()
    // Here the table was another when this process began.
    if (revision <= decided) throw new StoreUnavailable(`table "${connection.table}" was restored: start anew`)
    let value: Uint8Array
    let stored: StoredValue
    try {
      value = write.encode(revision)
      stored = await storeValue(connection, value, now())
    } catch (error) {
      await log.fence(revision)
      throw error
    }
    const result = await transact(context, write, { revision, stored })
    if (result === 'done') {
      log.settled(revision)
      return { entry: { key: write.key, revision, value } }
    }
    if (result !== 'fenced') {
      await log.fence(revision)
      log.settled(revision)
      const overtaken = write.previous === undefined && result.current?.gone !== undefined
      if (!overtaken) return result
    }
    if (!(await backoff.before(attempt)))
      throw new StoreUnavailable(`table "${connection.table}": writes are overtaken again and again: try again later`)
  }
}

/**
 * One revision's transaction, until its fate is known: the object's condition and the log item's own, both or neither. After a
 * lost answer the revision is fenced: then it was not done and never will be, or it was done and our mark stands in the log.
 */
const transact = async (
  context: WriteContext,
  write: PlannedWrite,
  attempt: { revision: number; stored: StoredValue },
): Promise<'done' | 'fenced' | { current: Item | undefined }> => {
  const { connection } = context
  const mark = randomUUID()
  const TransactItems = transactionItems(context, write, { ...attempt, mark })
  const backoff = createBackoff()
  for (let tries = 1; ; tries++) {
    try {
      await connection.transactOnce({ TransactItems, ClientRequestToken: mark })
      return 'done'
    } catch (error) {
      if (isAmbiguous(error)) return (await fenceOrFind(context, attempt.revision, mark)) ? 'done' : 'fenced'
      if (hasName(error, 'TransactionCanceledException')) {
        const reasons = (error as TransactionCanceledException).CancellationReasons ?? []
        const [object, log] = reasons
        if (log?.Code === 'ConditionalCheckFailed')
          return (await fenceOrFind(context, attempt.revision, mark)) ? 'done' : 'fenced'
        if (object?.Code === 'ConditionalCheckFailed') return { current: object.Item }
        const passing = reasons.every(({ Code }) => Code === 'None' || passingReasons.has(Code ?? ''))
        if (!passing) throw connection.unavailable(error)
      } else if (!isThrottled(error)) throw connection.unavailable(error)
      if (!(await backoff.before(tries))) {
        await context.log.fence(attempt.revision)
        throw connection.unavailable(error)
      }
    }
  }
}

const passingReasons = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])

/** Whether the log item of a revision is the one with our mark; if there is none, there never will be. */
const fenceOrFind = async ({ connection, log }: WriteContext, revision: number, mark: string): Promise<boolean> => {
  if (await log.fence(revision)) return false
  const found = await connection.get(logItemKey(revision))
  return found !== undefined && textOf(found, 'mark') === mark
}

const transactionItems = (
  { connection, log, now }: WriteContext,
  write: PlannedWrite,
  { revision, stored, mark }: { revision: number; stored: StoredValue; mark: string },
): TransactWriteItem[] => {
  const { table: TableName } = connection
  const { type, key, previous, ttlSeconds } = write
  const nowMs = now()
  const r = { N: String(revision) }
  const condition =
    previous === undefined
      ? {
          ConditionExpression: 'attribute_not_exists(pk) OR (attribute_exists(gone) AND r < :revision)',
          ExpressionAttributeValues: { ':revision': r },
        }
      : { ConditionExpression: 'r = :expected', ExpressionAttributeValues: { ':expected': previous.r! } }
  const conditioned = { TableName, ...condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }
  const itemKey = objectItemKey(key)
  const logItem: Item = {
    ...logItemKey(revision),
    type: { S: type },
    key: { S: encodeKey(key) },
    v: stored,
    mark: { S: mark },
    ...log.age(nowMs),
    ...(previous ? { p: previous.v!, q: previous.r! } : {}),
  }
  return [
    {
      Put: {
        ...conditioned,
        Item: type === 'deleted' ? { ...itemKey, r, gone: { BOOL: true }, ...log.age(nowMs) } : { ...itemKey, r, v: stored },
      },
    },
    { Put: { TableName, Item: logItem, ConditionExpression: 'attribute_not_exists(pk)' } },
    ...adoption(connection, stored),
    ...(ttlSeconds === undefined ? [] : [{ Put: { TableName, Item: { ...expiryItemKey(nowMs + ttlSeconds * 1000, key), r } } }]),
  ]
}
