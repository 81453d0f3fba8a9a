import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { systemClock } from '../../../../shared/platform/clock.ts'
import { type Item, logBlock, numberOf } from '../../../../shared/storage/dynamodb/items.ts'
import { openDynamoDbStore } from '../../../../shared/storage/dynamodb/open.ts'
import { counterKey, ttlAttribute } from '../../../../shared/storage/dynamodb/table.ts'
import { RevisionConflict, RevisionExpired, type Store } from '../../../../shared/storage/store.ts'
import type { Finding } from '../../../contract/histories/finding.ts'
import { marked, markOf } from '../../../contract/histories/marked-object.ts'
import { keyOf, nameOf } from '../../../contract/histories/scope.ts'

/** Lets a new table's log begin so that what a history writes reaches over the end of a block; gives the first position. */
export const beginNearBlockEnd = async (client: DynamoDBClient, table: string, seed: number): Promise<number> => {
  const beginning = (1 + (seed % 3)) * logBlock - 1 - ((seed * 17) % 60)
  const at = { N: String(beginning) }
  const counter = { ...counterKey, n: at, decided: at, oldest: at, at: { N: String(Date.now()) } }
  await client.send(new PutItemCommand({ TableName: table, Item: counter }))
  client.destroy()
  return beginning
}

const largeBytes = 400_000
const dayMs = 24 * 3600 * 1000

/** Nobody writes any more: two days later, when what was to go has gone, and after a restoration, every object stands as it did, and history is said to be gone. */
export const checkAftermath = async (client: DynamoDBClient, table: string): Promise<Finding[]> => {
  try {
    return await lookAtAftermath(client, table)
  } catch (error) {
    if (!(error instanceof RevisionConflict)) throw error
    return [{ what: `nobody else writes, and yet what was acknowledged is not there: ${error.message}` }]
  }
}

const lookAtAftermath = async (client: DynamoDBClient, table: string): Promise<Finding[]> => {
  const store = await openDynamoDbStore({ client, table })
  // Too large for an item, and replaced once: what it was may go, what it is may not.
  const large = keyOf('pods/default/large')
  const first = await store.create(large, marked(large, 'large', largeBytes))
  await store.update(large, first.revision, marked(large, 'larger', largeBytes))
  // A time to live is one write's: what is written anew stays.
  const anew = keyOf('pods/default/anew')
  const brief = await store.create(anew, marked(anew, 'brief', 0), { ttlSeconds: 60 })
  await store.update(anew, brief.revision, marked(anew, 'stays', 0))
  const before = await objectsOf(store)
  const ending = keyOf('pods/default/ending')
  await store.create(ending, marked(ending, 'ends', 0), { ttlSeconds: 60 })
  let position = await store.revision()
  const findings: Finding[] = []
  const look = async (when: string, later: Store, gone: number) => {
    const found = await objectsOf(later)
    if (found.join() !== before.join()) findings.push({ what: `${when} there is (${found}) of (${before})` })
    const told = await later.changes(gone).then(
      () => 'nothing',
      (error: unknown) => error,
    )
    if (!(told instanceof RevisionExpired)) findings.push({ what: `${when} who was at ${gone} of ${position} is told ${told}` })
    const key = keyOf('pods/default/later')
    const { revision } = await later.create(key, marked(key, 'later', 0))
    if (revision <= position) findings.push({ what: `${when} ${revision} is given again` })
    const deleted = await later.delete(key, revision, marked(key, 'later', 0))
    position = deleted.revision
  }
  const nowMs = Date.now() + 2 * dayMs
  const afterwards = await openDynamoDbStore({ client, table, clock: { ...systemClock, now: () => nowMs } })
  await afterwards.sweep()
  await removeExpired(client, table, nowMs)
  await look('two days later', afterwards, position - 1)
  const restored = { '#table': 'table' }
  await client.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { pk: { S: 'meta' }, sk: { S: 'format' } },
      UpdateExpression: 'SET #table = :other',
      ExpressionAttributeNames: restored,
      ExpressionAttributeValues: { ':other': { S: 'another' } },
    }),
  )
  await look('after a restoration', await openDynamoDbStore({ client, table }), position)
  client.destroy()
  return findings
}

const objectsOf = async (store: Store): Promise<string[]> => {
  const lists = await Promise.all(['pods', 'configmaps'].map((resource) => store.list(resource)))
  return lists.flatMap(({ entries }) =>
    entries.map(({ key, revision, value }) => `${nameOf(key)}@${revision} ${markOf(value, revision)}`),
  )
}

/** What DynamoDB does by itself, sooner or later. */
const removeExpired = async (client: DynamoDBClient, TableName: string, atMs: number): Promise<void> => {
  let ExclusiveStartKey: Item | undefined
  do {
    const page = await client.send(new ScanCommand({ TableName, ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}) }))
    const over = (page.Items ?? []).filter((item) => item[ttlAttribute] && numberOf(item, ttlAttribute) * 1000 < atMs)
    await Promise.all(over.map(({ pk, sk }) => client.send(new DeleteItemCommand({ TableName, Key: { pk: pk!, sk: sk! } }))))
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey)
}
