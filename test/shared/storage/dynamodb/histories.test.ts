import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDynamoDbStore } from '../../../../shared/storage/dynamodb/open.ts'
import { checkCompaction } from '../../../contract/histories/check-compaction.ts'
import { checkHistory, describeFindings } from '../../../contract/histories/check-history.ts'
import { ClientProcess } from '../../../contract/histories/client-process.ts'
import { recordLog } from '../../../contract/histories/compactor.ts'
import { countOperations, mergeHistories } from '../../../contract/histories/history.ts'
import { runClients, sweepLast } from '../../../contract/histories/random-clients.ts'
import { HistoryFinding, minutes, runSeeds } from '../../../contract/histories/run-seeds.ts'
import { DynamoDbLocal, hasJava } from '../../../fakes/dynamodb-local.ts'
import { beginNearBlockEnd, checkAftermath } from './aftermath.ts'
import type { HistoryJob } from './history-process.ts'

/** DynamoDB Local keeps the stream of what was written in memory, also of a table that is gone. */
const seedsPerServer = 200

describe.skipIf(!hasJava)('DynamoDB store under random histories of several processes and random faults (needs Java)', () => {
  let dynamoDb: DynamoDbLocal
  let beside: ClientProcess[] = []
  beforeAll(async () => {
    dynamoDb = await DynamoDbLocal.start()
    const module = new URL('./history-process.ts', import.meta.url)
    beside = [new ClientProcess(module), new ClientProcess(module)]
  })
  afterAll(async () => {
    for (const process of beside) await process.stop()
    await dynamoDb.stop()
  })

  const runSeed = async (seed: number) => {
    const table = await dynamoDb.newTable()
    const operations = 15
    const { endpoint } = dynamoDb
    const beginning = await beginNearBlockEnd(dynamoDb.client(), table, seed)
    const store = await openDynamoDbStore({ client: dynamoDb.client(), table, gapMs: 400, pollMs: 50 })
    const histories = await Promise.all([
      runClients({
        store,
        sweep: () => store.sweep(),
        compacts: seed % 2 === 0,
        beginning,
        process: 'o',
        seed,
        clients: 2,
        operations,
        names: 3,
        largeBytes: 400_000,
      }),
      ...beside.map((process, i) => {
        const job: HistoryJob = { endpoint, table, name: `p${i}`, seed: seed * 10 + i, operations, beginning }
        return process.run(job)
      }),
    ])
    const history = mergeHistories(histories)
    await sweepLast(() => store.sweep())
    const log = await recordLog(store, history.archive ?? { changes: [], position: beginning })
    const findings = [...checkHistory(history, log), ...(await checkCompaction(store, history, log))]
    if (seed % 2 === 1) findings.push(...(await checkAftermath(dynamoDb.client(), table)))
    if (findings.length > 0) throw new HistoryFinding(describeFindings(findings, history, log))
    expect(log.length).toBeGreaterThan(5)
    await store.close()
    await dynamoDb.dropTable(table)
    return { operations: countOperations(history) }
  }

  it('keeps its contract', { timeout: 180_000 + minutes * 90_000 }, async () => {
    let seeds = 0
    await runSeeds({
      what: 'DynamoDB histories',
      least: 2,
      run: async (seed) => {
        if (++seeds % seedsPerServer === 0) {
          await dynamoDb.stop()
          dynamoDb = await DynamoDbLocal.start()
        }
        return runSeed(seed)
      },
    })
  })
})
