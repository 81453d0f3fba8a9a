import { afterAll, beforeAll, describe } from 'vitest'
import { openDynamoDbStore } from '../../../../shared/storage/dynamodb/open.ts'
import { testStore } from '../../../contract/store.ts'
import { DynamoDbLocal, hasJava } from '../../../fakes/dynamodb-local.ts'
import { ManualClock } from '../../../fakes/manual-clock.ts'

describe.skipIf(!hasJava)('with DynamoDB Local (needs Java)', () => {
  let dynamoDb: DynamoDbLocal
  beforeAll(async () => {
    dynamoDb = await DynamoDbLocal.start()
  })
  afterAll(() => dynamoDb.stop())

  testStore({
    name: 'DynamoDB',
    many: 240,
    timeoutMs: 60_000,
    newStore: async () => {
      const clock = new ManualClock()
      const client = dynamoDb.client()
      const store = await openDynamoDbStore({ client, table: await dynamoDb.newTable(), clock, pollMs: 50 })
      return { store, clock, sweep: () => store.sweep(), close: () => store.close() }
    },
  })
})
