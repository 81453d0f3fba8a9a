import { BatchWriteItemCommand, CreateTableCommand, DeleteTableCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDynamoDbStore } from '../../../../shared/storage/dynamodb/open.ts'
import { tableDefinition } from '../../../../shared/storage/dynamodb/table.ts'
import { RevisionConflict, RevisionExpired, StoreUnavailable } from '../../../../shared/storage/store.ts'
import { createPod, pod, rejection } from '../../../contract/store/objects.ts'
import { DynamoDbLocal, hasJava } from '../../../fakes/dynamodb-local.ts'

describe.skipIf(!hasJava)('a table that was restored to an earlier moment (needs Java)', () => {
  let dynamoDb: DynamoDbLocal
  let table: string
  beforeAll(async () => {
    dynamoDb = await DynamoDbLocal.start()
  })
  afterAll(() => dynamoDb.stop())
  beforeEach(async () => {
    table = await dynamoDb.newTable()
  })

  const open = () => openDynamoDbStore({ client: dynamoDb.client(), table })
  const items = async () => (await dynamoDb.client().send(new ScanCommand({ TableName: table }))).Items ?? []

  /** As a restore does: a table of the same name, made anew, with the items of then. */
  const restore = async (then: Awaited<ReturnType<typeof items>>) => {
    const client = dynamoDb.client()
    await client.send(new DeleteTableCommand({ TableName: table }))
    // Tables are told apart by when they were made, in milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 5))
    await client.send(new CreateTableCommand({ TableName: table, ...tableDefinition }))
    for (let i = 0; i < then.length; i += 25) {
      const requests = then.slice(i, i + 25).map((Item) => ({ PutRequest: { Item } }))
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }))
    }
  }

  /** Ten pods, then a moment that is restored, then ten that are lost, and a change that is. */
  const lose = async () => {
    const before = await open()
    for (let i = 0; i < 10; i++) await createPod(before, `p${i}`)
    const known = await before.get(pod('p0'))
    const then = await items()
    const held = await before.revision()
    for (let i = 10; i < 20; i++) await createPod(before, `p${i}`)
    const changed = await before.update(pod('p0'), known!.revision, (revision) => Buffer.from(JSON.stringify({ revision })))
    await restore(then)
    return { before, held, lost: changed.revision, known: known! }
  }

  it('gives no revision to anything that somebody may have seen on something else', async () => {
    const { lost } = await lose()
    const store = await open()
    expect((await store.list('pods')).entries).toHaveLength(10)
    const made = await createPod(store, 'new')
    expect(made.revision).toBeGreaterThan(lost + 1_000_000)
    expect(await store.revision()).toBe(made.revision)
    const { changes } = await store.changes(made.revision - 1)
    expect(changes.map(({ key }) => key.name)).toEqual(['new'])
  })

  it('tells everybody who saw the lost time, or waits from before it, to list again', async () => {
    const { held, lost } = await lose()
    const store = await open()
    for (const after of [held, held + 3, lost, lost + 1000])
      expect(await rejection(store.changes(after))).toBeInstanceOf(RevisionExpired)
    await createPod(store, 'new')
    for (const after of [held, held + 3, lost]) expect(await rejection(store.changes(after))).toBeInstanceOf(RevisionExpired)
    const listed = await store.list('pods')
    expect(await store.changes(listed.revision)).toMatchObject({ changes: [] })
  })

  it('refuses a change that builds on a lost one', async () => {
    const { lost, known } = await lose()
    const store = await open()
    const encode = (revision: number) => Buffer.from(JSON.stringify({ revision }))
    expect(await rejection(store.update(pod('p0'), lost, encode))).toBeInstanceOf(RevisionConflict)
    expect((await store.update(pod('p0'), known.revision, encode)).revision).toBeGreaterThan(lost)
  })

  it('jumps once, however many processes open it at once', async () => {
    await lose()
    const stores = await Promise.all(Array.from({ length: 6 }, open))
    const revisions = await Promise.all(stores.map((store) => store.revision()))
    expect(new Set(revisions).size).toBe(1)
    const again = await open()
    expect(await again.revision()).toBe(revisions[0])
  })

  it('lets a process of before write nothing until it starts anew', async () => {
    const { before } = await lose()
    expect(await rejection(createPod(before, 'late'))).toBeInstanceOf(StoreUnavailable)
    const store = await open()
    expect((await store.list('pods')).entries).toHaveLength(10)
  })

  it('takes a table for its own that is from before tables were told apart', async () => {
    const store = await open()
    await createPod(store, 'p')
    const revision = await store.revision()
    const then = (await items()).map((item) =>
      item.sk?.S === 'format' ? { pk: item.pk!, sk: item.sk!, format: item.format! } : item,
    )
    await restore(then)
    expect(await (await open()).revision()).toBe(revision)
    expect(await (await open()).revision()).toBe(revision)
    expect((await items()).find(({ sk }) => sk?.S === 'format')?.table?.S).toBeTruthy()
  })
})
