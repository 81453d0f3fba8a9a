import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkCompaction } from '../../../contract/histories/check-compaction.ts'
import { checkHistory, describeFindings } from '../../../contract/histories/check-history.ts'
import { ClientProcess } from '../../../contract/histories/client-process.ts'
import { recordLog } from '../../../contract/histories/compactor.ts'
import { countOperations, mergeHistories } from '../../../contract/histories/history.ts'
import { runClients, sweepLast } from '../../../contract/histories/random-clients.ts'
import { HistoryFinding, minutes, runSeeds } from '../../../contract/histories/run-seeds.ts'
import { backUpMeanwhile } from './backup-taker.ts'
import { newDirectory } from './directory.ts'
import type { HistoryJob } from './history-process.ts'

describe('LMDB store under random histories of several processes', () => {
  let beside: ClientProcess[] = []
  beforeAll(() => {
    const module = new URL('./history-process.ts', import.meta.url)
    beside = [new ClientProcess(module), new ClientProcess(module)]
  })
  afterAll(async () => {
    for (const process of beside) await process.stop()
  })

  const runSeed = async (seed: number) => {
    const directory = await newDirectory()
    const { path } = directory
    const store = await directory.open()
    const operations = 120
    const compacts = seed % 2 === 0
    const copied = backUpMeanwhile(store, directory.root, seed)
    const histories = await Promise.all([
      runClients({ store, sweep: () => store.sweep(), compacts, process: 'o', seed, clients: 3, operations, names: 5 }),
      ...beside.map((process, i) => {
        const job: HistoryJob = { path, name: `p${i}`, seed: seed * 10 + i, operations }
        return process.run(job)
      }),
    ])
    const history = mergeHistories([...histories, await copied])
    await sweepLast(() => store.sweep())
    const log = await recordLog(store, history.archive ?? { changes: [], position: 1 })
    const findings = [...checkHistory(history, log), ...(await checkCompaction(store, history, log))]
    // A clean end loses no heartbeat.
    const beats = await store.heartbeats.all()
    for (let i = 0; i < beside.length; i++)
      if (beats.get(`p${i}`) !== operations + 1)
        findings.push({ what: `the heart of p${i} is at ${beats.get(`p${i}`)} of ${operations + 1}` })
    if (findings.length > 0) throw new HistoryFinding(describeFindings(findings, history, log))
    expect(log.length).toBeGreaterThan(50)
    await directory.remove()
    return { operations: countOperations(history) }
  }

  it('keeps its contract', { timeout: 60_000 + minutes * 90_000 }, () =>
    runSeeds({ what: 'LMDB histories', least: 2, run: runSeed }),
  )
})
