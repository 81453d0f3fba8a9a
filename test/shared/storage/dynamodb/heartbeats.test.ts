import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDynamoDbHeartbeats } from '../../../../shared/storage/dynamodb/heartbeats.ts'
import type { Heartbeats } from '../../../../shared/storage/heartbeats.ts'
import { DynamoDbLocal, hasJava } from '../../../fakes/dynamodb-local.ts'

describe.skipIf(!hasJava)('heartbeats in a table (needs Java)', () => {
  let dynamoDb: DynamoDbLocal
  let heartbeats: Heartbeats
  beforeAll(async () => {
    dynamoDb = await DynamoDbLocal.start()
  })
  beforeEach(async () => {
    heartbeats = openDynamoDbHeartbeats({ client: dynamoDb.client(), table: await dynamoDb.newTable() })
  })
  afterAll(() => dynamoDb.stop())

  it('has heard of nobody at first', async () => {
    expect(await heartbeats.all()).toEqual(new Map())
    await heartbeats.record(new Map())
    await heartbeats.forget(['nobody'])
    expect(await heartbeats.all()).toEqual(new Map())
  })

  it('keeps the newest of each node, whichever comes last and with whom', async () => {
    await heartbeats.record(new Map(Object.entries({ a: 3000, b: 1000 })))
    await heartbeats.record(new Map(Object.entries({ a: 2000, b: 2000, c: 1000 })))
    expect(await heartbeats.all()).toEqual(new Map(Object.entries({ a: 3000, b: 2000, c: 1000 })))
    await heartbeats.record(new Map(Object.entries({ a: 1000, b: 1000 })))
    expect(await heartbeats.all()).toEqual(new Map(Object.entries({ a: 3000, b: 2000, c: 1000 })))
  })

  it('loses none of many that are recorded side by side', async () => {
    const names = Array.from({ length: 100 }, (_, i) => `ip-10-0-0-${i}.ec2.internal`)
    const beats = (atMs: number) => new Map(names.map((name, i) => [name, atMs + i]))
    await Promise.all([3000, 1000, 5000, 2000, 4000].map((atMs) => heartbeats.record(beats(atMs))))
    expect(await heartbeats.all()).toEqual(beats(5000))
    await heartbeats.forget(names.slice(1))
    expect(await heartbeats.all()).toEqual(new Map([[names[0], 5000]]))
  })
})
