import { CreateTableCommand, GetItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Connection } from '../../../../shared/storage/dynamodb/connection.ts'
import { type DynamoDbStoreOptions, openDynamoDbStore } from '../../../../shared/storage/dynamodb/open.ts'
import type { TableFormat } from '../../../../shared/storage/dynamodb/table.ts'
import { StoreUnavailable } from '../../../../shared/storage/store.ts'
import { brief, createPod, pod, rejection } from '../../../contract/store/objects.ts'
import { DynamoDbLocal, hasJava } from '../../../fakes/dynamodb-local.ts'
import { FaultProxy } from '../../../fakes/fault-proxy.ts'

describe.skipIf(!hasJava)('table of a DynamoDB store (needs Java)', () => {
  let dynamoDb: DynamoDbLocal
  beforeAll(async () => {
    dynamoDb = await DynamoDbLocal.start()
  })
  afterAll(() => dynamoDb.stop())

  const open = (table: string, options: Partial<DynamoDbStoreOptions> = {}) =>
    openDynamoDbStore({ client: dynamoDb.client(), table, ...options })

  const refusal = async (table: string, options?: Partial<DynamoDbStoreOptions>): Promise<string> => {
    const error = await rejection(open(table, options))
    expect(error).toBeInstanceOf(StoreUnavailable)
    return String(error)
  }

  const content = async (TableName: string) => (await dynamoDb.client().send(new ScanCommand({ TableName }))).Items

  const formatItem = { pk: { S: 'meta' }, sk: { S: 'format' } }
  const setFormat = (TableName: string, format: string) =>
    dynamoDb.client().send(
      new UpdateItemCommand({
        TableName,
        Key: formatItem,
        UpdateExpression: 'SET #f = :f',
        ExpressionAttributeNames: { '#f': 'format' },
        ExpressionAttributeValues: { ':f': { S: format } },
      }),
    )

  it('names a table that is missing', async () => {
    expect(await refusal('nowhere')).toContain('table "nowhere": there is no such table')
  })

  it('names a table of another shape, and writes nothing there', async () => {
    await dynamoDb.client().send(
      new CreateTableCommand({
        TableName: 'people',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    )
    expect(await refusal('people')).toContain('table "people" has the keys (id HASH), a store\'s are (pk HASH, sk RANGE)')
    expect(await content('people')).toEqual([])
  })

  it.each(['DescribeTable', 'GetItem'])('names what it is not allowed, and writes nothing: %s', async (denied) => {
    const table = await dynamoDb.newTable()
    const proxy = await FaultProxy.start(dynamoDb.endpoint, ({ operation }) => (operation === denied ? 'deny' : 'none'))
    const error = await refusal(table, { client: dynamoDb.client({ endpoint: proxy.endpoint }) })
    expect(error).toContain(`table "${table}": not allowed: planted: no permission for ${denied}`)
    expect(await content(table)).toEqual([])
    await proxy.stop()
  })

  it.each([
    ['windlass store 7', 'start the newer version that made it'],
    ['windlass store 2', 'it is too old'],
    ['a diary', 'it is no store of ours'],
  ])('refuses "%s" by name where there is no way to it, and writes nothing there', async (found, why) => {
    const table = await dynamoDb.newTable()
    await setFormat(table, found)
    const before = await content(table)
    const format: TableFormat = { version: 4, upgrades: [{ from: 3, run: async () => undefined }] }
    expect(await refusal(table, { format })).toContain(
      `table "${table}" holds "${found}", this version reads "windlass store 4": ${why}`,
    )
    expect(await content(table)).toEqual(before)
  })

  it('upgrades an older table in place, also when it is cut off and by several at once', async () => {
    const table = await dynamoDb.newTable()
    const first = await open(table)
    const created = await createPod(first, 'a', 'one')
    let runs = 0
    /** Gives every object an attribute; what has it already stays. */
    const attribute = (name: string, fails: boolean) => async (connection: Connection) => {
      runs++
      await connection.update({
        Key: { pk: { S: 'object#pods#0' }, sk: { S: 'upgraded' } },
        UpdateExpression: 'SET #name = :yes',
        ExpressionAttributeNames: { '#name': name },
        ExpressionAttributeValues: { ':yes': { BOOL: true } },
      })
      if (fails) throw new StoreUnavailable('cut off')
    }
    const format = (fails: boolean): TableFormat => ({
      version: 3,
      upgrades: [
        { from: 1, run: attribute('second', false) },
        { from: 2, run: attribute('third', fails) },
      ],
    })
    expect(await refusal(table, { format: format(true) })).toContain('cut off')
    expect(runs).toBe(2)
    const stores = await Promise.all([open(table, { format: format(false) }), open(table, { format: format(false) })])
    expect(runs).toBeLessThanOrEqual(4)
    const { Item } = await dynamoDb.client().send(
      new GetItemCommand({
        TableName: table,
        Key: { pk: { S: 'object#pods#0' }, sk: { S: 'upgraded' } },
        ConsistentRead: true,
      }),
    )
    expect(Item).toMatchObject({ second: { BOOL: true }, third: { BOOL: true } })
    expect(brief((await stores[0]!.get(pod('a')))!)).toBe(`default/a@${created.revision}=one`)
    const again = await open(table, { format: format(true) })
    expect(await refusal(table)).toContain('holds "windlass store 3", this version reads "windlass store 1"')
    for (const store of [first, ...stores, again]) await store.close()
  })
})
