import type { DynamoDbStore } from '../../../../shared/storage/dynamodb/open.ts'
import { openDynamoDbStore } from '../../../../shared/storage/dynamodb/open.ts'

import { createPod, deletePod, noted, pod, updatePod } from '../../../contract/store/objects.ts'
import type { DynamoDbLocal } from '../../../fakes/dynamodb-local.ts'

export interface Used {
  readonly calls: number
  readonly readUnits: number
  readonly writeUnits: number
}

export const used = async <T>(store: DynamoDbStore, action: () => Promise<T>): Promise<Used & { result: T }> => {
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

const listed = 1000
/** a ConfigMap of about 1 kB, that packing makes no smaller */
const body = (seed: number) =>
  Buffer.from(Array.from({ length: 600 }, (_, i) => (seed * 7919 + i * i * 104729) % 256)).toString('base64')

/** Looks for changes so often here, and once a second in a Lambda. */
const pollMs = 20
const looks = 25

/** What each operation of the store is billed, in order. DynamoDB Local counts a transaction's units once; AWS twice. */
export const usageTable = async (dynamoDb: DynamoDbLocal): Promise<ReadonlyMap<string, Used>> => {
  const table = await dynamoDb.newTable()
  const store = await openDynamoDbStore({ client: dynamoDb.client(), table, pollMs })
  const rows = new Map<string, Used>()
  const row = async <T>(what: string, action: () => Promise<T>): Promise<T> => {
    const { result, ...units } = await used(store, action)
    rows.set(what, units)
    return result
  }
  await createPod(store, 'first')
  const created = await row('create', () => createPod(store, 'a', body(0)))
  const updated = await row('update', () => updatePod(store, created, body(1)))
  await row('get', () => store.get(pod('a')))
  await row('delete', () => deletePod(store, updated))
  await row('catch-up with nothing new', () => store.revision())

  const key = (i: number) => ({ resource: 'configmaps', namespace: 'default', name: `m${i}` })
  for (let i = 0; i < listed; i += 20)
    await Promise.all(Array.from({ length: 20 }, (_, j) => store.create(key(i + j), noted(key(i + j), body(i + j)))))
  await store.revision()
  await row(`list of ${listed}, about 1 kB each`, () => store.list('configmaps'))

  rows.set('an hour of a watch with nothing new', perHour(await used(store, () => watchIdly(store))))
  rows.set('an hour of nothing', perHour(await used(store, () => new Promise((resolve) => setTimeout(resolve, looks * pollMs)))))
  await store.close()
  return rows
}

/** Waits as a watcher does, until it has looked so often. */
const watchIdly = async (store: DynamoDbStore): Promise<void> => {
  const stop = new AbortController()
  const before = store.usage.calls
  const waiting = store.waitForChange(await store.revision(), stop.signal)
  while (store.usage.calls < before + looks) await new Promise((resolve) => setTimeout(resolve, pollMs))
  stop.abort()
  await waiting
}

const perHour = ({ calls, readUnits, writeUnits }: Used): Used => {
  const factor = calls === 0 ? 0 : 3600 / calls
  return { calls: calls * factor, readUnits: readUnits * factor, writeUnits: writeUnits * factor }
}
