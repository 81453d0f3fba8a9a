import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ResourceQuota } from '../../../shared/resources/resource.ts'
import { openDynamoDbStore } from '../../../shared/storage/dynamodb/open.ts'
import { openLogTail } from '../../../shared/storage/tail/open.ts'
import { DynamoDbLocal, hasJava } from '../../fakes/dynamodb-local.ts'
import { startTestServer, type TestServer } from './environment.ts'

const base = '/api/v1/namespaces/n'
const count = 5

/** Functions that share nothing but the table, and follow its log only when they are asked something. */
describe.skipIf(!hasJava)('resource quota among functions, with DynamoDB Local (needs Java)', () => {
  let dynamoDb: DynamoDbLocal
  const closing: (() => Promise<unknown>)[] = []
  const fleet: TestServer[] = []
  beforeAll(async () => {
    dynamoDb = await DynamoDbLocal.start()
    const table = await dynamoDb.newTable()
    for (let index = 0; index < count; index++) {
      const store = await openDynamoDbStore({ client: dynamoDb.client(), table })
      const logTail = await openLogTail({ store, follow: 'subscribed' })
      const server = await startTestServer({ store, logTail })
      fleet.push(server)
      closing.push(
        () => server.stop(),
        () => logTail.close(),
        () => store.close(),
      )
    }
  }, 60_000)
  afterAll(async () => {
    for (const close of closing) await close()
    await dynamoDb.stop()
  })

  const call = (index: number, ...request: Parameters<TestServer['call']>) => fleet[index % count]!.call(...request)
  const usedOf = async (index: number) =>
    ((await call(index, 'GET', `${base}/resourcequotas/q`)).json as unknown as ResourceQuota).status?.used

  it('admits exactly as many as there may be, and counts what goes', async () => {
    await fleet[0]!.makeNamespace('n')
    const hard = { configmaps: '9' }
    await call(1, 'POST', `${base}/resourcequotas`, { body: { metadata: { name: 'q' }, spec: { hard } } })
    await call(2, 'PATCH', `${base}/resourcequotas/q/status`, {
      body: { status: { hard, used: { configmaps: '0' } } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, index) =>
        call(index, 'POST', `${base}/configmaps`, { body: { metadata: { name: `c${index}` } } }),
      ),
    )
    expect(answers.map(({ code }) => code).sort()).toEqual([...Array(9).fill(201), ...Array(16).fill(403)])
    expect(await usedOf(3)).toEqual({ configmaps: '9' })
    const made = answers.flatMap(({ code }, index) => (code === 201 ? [index] : []))
    await Promise.all(made.map((index) => call(index + 1, 'DELETE', `${base}/configmaps/c${index}`)))
    expect(await usedOf(4)).toEqual({ configmaps: '0' })
  }, 60_000)
})
