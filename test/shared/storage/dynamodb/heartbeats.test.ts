import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { NodeUsage } from '../../../../shared/resources/metrics/node-usage.ts'
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

  it('keeps what each node said last that it uses, beside what others say, until it is forgotten', async () => {
    const usage = (atMs: number): NodeUsage => ({ atMs, windowMs: 60_000, cpuNanoCores: atMs, memoryBytes: 7, pods: [] })
    await heartbeats.record(new Map([['a', 1]]))
    await heartbeats.recordUsage(new Map(Object.entries({ a: usage(2000), b: usage(2000) })))
    await heartbeats.recordUsage(new Map(Object.entries({ a: usage(1000), b: usage(3000), c: usage(1) })))
    const all = new Map(Object.entries({ a: usage(2000), b: usage(3000), c: usage(1) }))
    expect(await heartbeats.usages()).toEqual(all)
    expect(await heartbeats.usages(['a', 'nobody'])).toEqual(new Map([['a', usage(2000)]]))
    expect(await heartbeats.usages([...all.keys(), 'x', 'y'])).toEqual(all)
    expect(await heartbeats.all()).toEqual(new Map([['a', 1]]))
    await heartbeats.forget(['a', 'b'])
    expect(await heartbeats.usages()).toEqual(new Map([['c', usage(1)]]))
  })
})
