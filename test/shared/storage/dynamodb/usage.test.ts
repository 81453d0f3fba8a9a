import { randomBytes } from 'node:crypto'
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DynamoDbStore, openDynamoDbStore } from '../../../../shared/storage/dynamodb/open.ts'
import { createPod, deletePod, noted, pod, updatePod } from '../../../contract/store/objects.ts'
import { DynamoDbLocal, hasJava } from '../../../fakes/dynamodb-local.ts'
import { usageTable, used } from './usage-table.ts'

/** Requests and units are the bill, so what an operation takes is held here. DynamoDB Local counts a transaction's units once; AWS twice. */
describe.skipIf(!hasJava)('what DynamoDB is asked for (needs Java)', () => {
  let dynamoDb: DynamoDbLocal
  let store: DynamoDbStore
  beforeAll(async () => {
    dynamoDb = await DynamoDbLocal.start()
    store = await openDynamoDbStore({ client: dynamoDb.client(), table: await dynamoDb.newTable() })
    await createPod(store, 'first')
  })
  afterAll(async () => {
    await store.close()
    await dynamoDb.stop()
  })

  it('creates with one counter write and one transaction', async () => {
    expect(await used(store, () => createPod(store, 'a'))).toMatchObject({ calls: 2, readUnits: 0, writeUnits: 3 })
  })

  it('updates and deletes with one read more', async () => {
    const { result: updated, ...update } = await used(store, async () => updatePod(store, await createPod(store, 'b'), 'changed'))
    expect(update).toMatchObject({ calls: 5, readUnits: 1 })
    expect(await used(store, () => deletePod(store, updated))).toMatchObject({ calls: 3, readUnits: 1 })
  })

  it('gets with one read', async () => {
    expect(await used(store, () => store.get(pod('a')))).toMatchObject({ calls: 1, readUnits: 1, writeUnits: 0 })
  })

  it('catches up with nothing new by one query of at most one unit', async () => {
    await store.revision()
    const revision = await used(store, () => store.revision())
    expect(revision).toMatchObject({ calls: 1, writeUnits: 0 })
    expect(revision.readUnits).toBeLessThanOrEqual(1)
    const changes = await used(store, () => store.changes(revision.result))
    expect(changes).toMatchObject({ calls: 1, writeUnits: 0 })
    expect(changes.readUnits).toBeLessThanOrEqual(1)
  })

  it('reads behind a gap once, and then only the gap', async () => {
    const table = await dynamoDb.newTable()
    const reader = await openDynamoDbStore({ client: dynamoDb.client(), table, gapMs: 400 })
    const writer = await openDynamoDbStore({ client: dynamoDb.client(), table })
    const start = await reader.revision()
    const Key = { pk: { S: 'meta' }, sk: { S: 'counter' } }
    const ExpressionAttributeValues = { ':one': { N: '1' } }
    const taken = { TableName: table, Key, UpdateExpression: 'ADD n :one', ExpressionAttributeValues }
    await dynamoDb.client().send(new UpdateItemCommand(taken))
    const filler = randomBytes(3000).toString('base64')
    for (let i = 0; i < 20; i++) await writer.create(pod(`behind-${i}`), noted(pod(`behind-${i}`), filler))
    const { result, readUnits } = await used(reader, () => reader.changes(start))
    expect(result.changes).toHaveLength(20)
    // 20 items of 4 kB, and a look at the gap every 40 ms.
    expect(readUnits).toBeLessThan(60)
    await Promise.all([reader.close(), writer.close()])
  })

  it('reads nothing for a writer, however much others write meanwhile', async () => {
    const table = await dynamoDb.newTable()
    const [one, other] = await Promise.all([1, 2].map(() => openDynamoDbStore({ client: dynamoDb.client(), table })))
    await createPod(one!, 'first')
    for (let i = 0; i < 250; i++) await createPod(other!, `p${i}`)
    expect(await used(one!, () => createPod(one!, 'last'))).toMatchObject({ calls: 2, readUnits: 0 })
    await Promise.all([one!.close(), other!.close()])
  })

  it('lists with a query per partition and two of the log, and packs what is large', async () => {
    const filler = 'packs well '.repeat(3000)
    const created = await used(store, () => store.create(pod('large'), noted(pod('large'), filler)))
    expect(created).toMatchObject({ calls: 2, writeUnits: 3 })
    expect(await used(store, () => store.list('pods'))).toMatchObject({ calls: 6, writeUnits: 0 })
    expect(await used(store, () => store.list('configmaps'))).toMatchObject({ calls: 3, writeUnits: 0 })
  })

  it('lists a thousand by the pages they fill, watches by one unit a second at most, and rests for nothing', async () => {
    const table = await usageTable(dynamoDb)
    // 1,000 of about 1 kB: a strongly consistent unit reads 4 kB, a page 1 MB.
    const list = table.get('list of 1000, about 1 kB each')!
    expect(list).toMatchObject({ writeUnits: 0 })
    expect(list.calls).toBeLessThanOrEqual(4)
    expect(list.readUnits).toBeGreaterThan(200)
    expect(list.readUnits).toBeLessThan(350)
    const watch = table.get('an hour of a watch with nothing new')!
    expect(watch).toMatchObject({ calls: 3600, writeUnits: 0 })
    expect(watch.readUnits).toBeLessThanOrEqual(3600)
    expect(table.get('an hour of nothing')).toEqual({ calls: 0, readUnits: 0, writeUnits: 0 })
  }, 120_000)
})
