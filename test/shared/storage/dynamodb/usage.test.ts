import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DynamoDbStore, openDynamoDbStore } from '../../../../shared/storage/dynamodb/open.ts'
import { createPod, deletePod, noted, pod, updatePod } from '../../../contract/store/objects.ts'
import { DynamoDbLocal, hasJava } from '../../../fakes/dynamodb-local.ts'

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

  const used = async <T>(action: () => Promise<T>) => {
    const before = { ...store.usage }
    const result = await action()
    const { calls, readUnits, writeUnits } = store.usage
    return {
      result,
      calls: calls - before.calls,
      readUnits: readUnits - before.readUnits,
      writeUnits: writeUnits - before.writeUnits,
    }
  }

  it('creates with one counter write and one transaction', async () => {
    expect(await used(() => createPod(store, 'a'))).toMatchObject({ calls: 2, readUnits: 0, writeUnits: 3 })
  })

  it('updates and deletes with one read more', async () => {
    const { result: updated, ...update } = await used(async () => updatePod(store, await createPod(store, 'b'), 'changed'))
    expect(update).toMatchObject({ calls: 5, readUnits: 1 })
    expect(await used(() => deletePod(store, updated))).toMatchObject({ calls: 3, readUnits: 1 })
  })

  it('gets with one read', async () => {
    expect(await used(() => store.get(pod('a')))).toMatchObject({ calls: 1, readUnits: 1, writeUnits: 0 })
  })

  it('catches up with nothing new by one query of at most one unit', async () => {
    await store.revision()
    const revision = await used(() => store.revision())
    expect(revision).toMatchObject({ calls: 1, writeUnits: 0 })
    expect(revision.readUnits).toBeLessThanOrEqual(1)
    const changes = await used(() => store.changes(revision.result))
    expect(changes).toMatchObject({ calls: 1, writeUnits: 0 })
    expect(changes.readUnits).toBeLessThanOrEqual(1)
  })

  it('lists with a query per partition and two of the log, and packs what is large', async () => {
    const filler = 'packs well '.repeat(3000)
    const created = await used(() => store.create(pod('large'), noted(pod('large'), filler)))
    expect(created).toMatchObject({ calls: 2, writeUnits: 3 })
    expect(await used(() => store.list('pods'))).toMatchObject({ calls: 6, writeUnits: 0 })
    expect(await used(() => store.list('configmaps'))).toMatchObject({ calls: 3, writeUnits: 0 })
  })
})
