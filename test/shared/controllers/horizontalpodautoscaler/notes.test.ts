import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AutoscalerMemories, AutoscalerMemory } from '../../../../shared/controllers/horizontalpodautoscaler/memory.ts'
import { firstMemory, memoriesInProcess } from '../../../../shared/controllers/horizontalpodautoscaler/memory.ts'
import { openDynamoDbNotes } from '../../../../shared/storage/dynamodb/notes.ts'
import { DynamoDbLocal, hasJava } from '../../../fakes/dynamodb-local.ts'

const keepsThem = (open: () => Promise<AutoscalerMemories>) => async () => {
  const memories = await open()
  const [first, second] = [firstMemory(3, 1000), firstMemory(5, 2000)]
  expect(await memories.of('default')).toEqual(new Map())
  await memories.keep('default', 'web', first)
  await memories.keep('default', 'web-2', first)
  await memories.keep('default-2', 'web', second)
  await memories.keep('default', 'web', second)
  expect(await memories.of('default')).toEqual(new Map(Object.entries({ web: second, 'web-2': first })))
  await memories.forget('default', 'web')
  await memories.forget('default', 'nobody')
  expect(await memories.of('default')).toEqual(new Map([['web-2', first]]))
  expect(await memories.of('default-2')).toEqual(new Map([['web', second]]))
}

it(
  'keeps in a process what autoscalers remember',
  keepsThem(async () => memoriesInProcess()),
)

describe.skipIf(!hasJava)('in a table (needs Java)', () => {
  let dynamoDb: DynamoDbLocal
  beforeAll(async () => {
    dynamoDb = await DynamoDbLocal.start()
  })
  afterAll(() => dynamoDb.stop())

  it(
    'keeps what autoscalers remember',
    keepsThem(async () =>
      openDynamoDbNotes<AutoscalerMemory>({ client: dynamoDb.client(), table: await dynamoDb.newTable(), subject: 'autoscaler' }),
    ),
  )
})
