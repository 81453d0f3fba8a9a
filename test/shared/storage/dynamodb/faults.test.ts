import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type DynamoDbStore, openDynamoDbStore } from '../../../../shared/storage/dynamodb/open.ts'
import { RevisionConflict } from '../../../../shared/storage/store.ts'
import { readAll } from '../../../contract/store/changes.ts'
import { brief, createPod, names, pod, rejection, updatePod } from '../../../contract/store/objects.ts'
import { DynamoDbLocal, hasJava } from '../../../fakes/dynamodb-local.ts'
import { type Fault, FaultProxy, type FaultRequest } from '../../../fakes/fault-proxy.ts'

describe.skipIf(!hasJava)('DynamoDB store under faults (needs Java)', () => {
  let dynamoDb: DynamoDbLocal
  let table: string
  let cleanUp: (() => Promise<void>)[] = []
  beforeAll(async () => {
    dynamoDb = await DynamoDbLocal.start()
  })
  afterAll(() => dynamoDb.stop())
  beforeEach(async () => {
    table = await dynamoDb.newTable()
  })
  afterEach(async () => {
    for (const step of cleanUp.reverse()) await step()
    cleanUp = []
  })

  /** One attempt by the SDK, so that what it cannot know comes up to the driver. */
  const open = async (endpoint = dynamoDb.endpoint): Promise<DynamoDbStore> => {
    const store = await openDynamoDbStore({
      client: dynamoDb.client({ endpoint, maxAttempts: 1, timeoutMs: 1000 }),
      table,
      gapMs: 400,
      pollMs: 50,
    })
    cleanUp.push(() => store.close())
    return store
  }

  /** A store whose requests go through `faultOf`, once it is open. */
  const openBehind = async (faultOf: (request: FaultRequest) => Fault | Promise<Fault>): Promise<DynamoDbStore> => {
    let armed = false
    const proxy = await FaultProxy.start(dynamoDb.endpoint, (request) => (armed ? faultOf(request) : 'none'))
    cleanUp.push(() => proxy.stop())
    const store = await open(proxy.endpoint)
    armed = true
    return store
  }

  /** The first request of an operation meets a fault, all others none. */
  const once = (operation: string, fault: Fault) => {
    let met = false
    return (request: FaultRequest): Fault => {
      if (met || request.operation !== operation) return 'none'
      met = true
      return fault
    }
  }

  it.each(['lose-request', 'lose-answer', 'throttle', 'cancel', 'delay', 'hang', 'late', 'stray'] as const)(
    'writes once when a transaction meets %s',
    async (fault) => {
      const store = await openBehind(once('TransactWriteItems', fault))
      const created = await createPod(store, 'a')
      const changes = await readAll(await open(), 1)
      expect(changes.map(brief)).toEqual([`default/a@${created.revision}=new`])
    },
  )

  it.each(['lose-request', 'lose-answer', 'throttle', 'hang'] as const)(
    'goes on when taking a revision meets %s',
    async (fault) => {
      const store = await openBehind(once('UpdateItem', fault))
      const created = await createPod(store, 'a')
      expect(brief((await (await open()).get(pod('a')))!)).toBe(`default/a@${created.revision}=new`)
      expect(names((await store.list('pods')).entries)).toEqual(['default/a'])
    },
  )

  it('fences a writer that froze between taking its revision and writing, which knows and writes anew', async () => {
    let thaw: () => void = () => undefined
    const frozen = new Promise<void>((resolve) => {
      thaw = resolve
    })
    let freeze = true
    let reached: () => void = () => undefined
    const atTransaction = new Promise<void>((resolve) => {
      reached = resolve
    })
    const slow = await openBehind(async ({ operation }): Promise<Fault> => {
      if (operation === 'TransactWriteItems' && freeze) {
        freeze = false
        reached()
        await frozen
      }
      return 'none'
    })
    const writing = createPod(slow, 'slow')
    await atTransaction
    const other = await open()
    const start = await other.revision()
    const quick = await createPod(other, 'quick')
    // The watcher can't pass the gap before it is closed, and then must not see anything appear in it.
    const seen = await readAll(other, start)
    expect(seen.map(({ key }) => key.name)).toEqual(['quick'])
    thaw()
    const late = await writing
    expect(late.revision).toBeGreaterThan(quick.revision)
    expect(brief((await other.get(pod('slow')))!)).toBe(`default/slow@${late.revision}=new`)
    expect((await readAll(other, quick.revision)).map(brief)).toEqual([`default/slow@${late.revision}=new`])
  })

  it('does not take a gap that closes while it looks for dropped history', async () => {
    const atTransaction = Promise.withResolvers<void>()
    const thaw = Promise.withResolvers<void>()
    const slow = await openBehind(async ({ operation }): Promise<Fault> => {
      if (operation !== 'TransactWriteItems') return 'none'
      atTransaction.resolve()
      await thaw.promise
      return 'none'
    })
    const atCounter = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const watcher = await openBehind(async ({ operation, body }): Promise<Fault> => {
      if (operation !== 'GetItem' || !body.includes('"counter"')) return 'none'
      atCounter.resolve()
      await goOn.promise
      return 'none'
    })
    const other = await open()
    const start = await other.revision()
    const writing = createPod(slow, 'slow')
    await atTransaction.promise
    await createPod(other, 'quick')
    const watching = watcher.changes(start)
    await atCounter.promise
    thaw.resolve()
    await writing
    await other.revision()
    await createPod(other, 'last')
    goOn.resolve()
    expect((await watching).changes.map(({ key }) => key.name).slice(0, 2)).toEqual(['slow', 'quick'])
  })

  it('closes the gap of a writer that died, and shows nobody what is behind it before', async () => {
    const dying = await openBehind(({ operation }) =>
      operation === 'TransactWriteItems' ? new Promise<Fault>(() => undefined) : 'none',
    )
    const never = createPod(dying, 'never')
    void never.catch(() => undefined)
    const other = await open()
    await new Promise((resolve) => setTimeout(resolve, 200))
    const created = await createPod(other, 'a')
    expect(await other.revision()).toBe(created.revision)
    expect((await readAll(other, 1)).map(({ key }) => key.name)).toEqual(['a'])
  })

  it('lists what was acknowledged behind many gaps, at the edge of a block of the log', async () => {
    const client = dynamoDb.client()
    const setCounter = (n: number) =>
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { pk: { S: 'meta' }, sk: { S: 'counter' } },
          UpdateExpression: 'SET n = :n, decided = :start, oldest = :start',
          ExpressionAttributeValues: { ':n': { N: String(n) }, ':start': { N: '780' } },
        }),
      )
    await (await open()).close()
    await setCounter(780)
    const reader = await open()
    const writer = await open()
    expect([await reader.revision(), await writer.revision()]).toEqual([780, 780])
    // So many took a revision and died.
    await setCounter(1010)
    const start = performance.now()
    expect((await createPod(writer, 'a')).revision).toBe(1011)
    expect(names((await reader.list('pods')).entries)).toEqual(['default/a'])
    expect(await reader.revision()).toBe(1011)
    // A wait for each of them would be more than a minute.
    expect(performance.now() - start).toBeLessThan(40_000)
    client.destroy()
  }, 60_000)

  it('finds the end of the log after another process dropped history', async () => {
    const [one, other] = [await open(), await open()]
    await one.revision()
    for (const name of ['a', 'b', 'c']) await createPod(other, name)
    const latest = await other.revision()
    await other.compact(latest)
    expect(await one.revision()).toBe(latest)
    expect(names((await one.list('pods')).entries)).toEqual(['default/a', 'default/b', 'default/c'])
    const { revision } = await createPod(other, 'd')
    await other.compact(revision)
    expect(names((await one.list('pods')).entries)).toHaveLength(4)
  })

  it('reads when it cannot know whether an update took effect', async () => {
    const store = await openBehind(once('TransactWriteItems', 'none'))
    const created = await createPod(store, 'a')
    const unsure = await openBehind(once('TransactWriteItems', 'lose-answer'))
    const updated = await updatePod(unsure, created, 'changed')
    expect(brief((await store.get(pod('a')))!)).toBe(`default/a@${updated.revision}=changed`)
    expect(await readAll(store, created.revision)).toHaveLength(1)
    expect(await rejection(updatePod(store, created, 'again'))).toBeInstanceOf(RevisionConflict)
  })

  it('gives the latest list though history was dropped while it was read', async () => {
    const other = await open()
    await createPod(other, 'a')
    let dropped = false
    const store = await openBehind(async ({ operation, body }): Promise<Fault> => {
      if (dropped || operation !== 'Query' || !body.includes('object#pods')) return 'none'
      dropped = true
      await createPod(other, 'b')
      await other.compact((await createPod(other, 'c')).revision)
      return 'none'
    })
    expect(names((await store.list('pods')).entries)).toEqual(['default/a', 'default/b', 'default/c'])
  })
})
