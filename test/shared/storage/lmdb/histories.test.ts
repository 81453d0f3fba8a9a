import { fork } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkHistory, describeFindings } from '../../../contract/histories/check-history.ts'
import { type History, mergeHistories } from '../../../contract/histories/history.ts'
import { recordLog, runClients } from '../../../contract/histories/random-clients.ts'
import { type Directory, newDirectory } from './directory.ts'

const minutes = Number(process.env.HISTORY_MINUTES ?? 0)
const firstSeed = Number(process.env.STORE_SEED ?? 1)

describe('LMDB store under random histories of several processes', () => {
  let directory: Directory
  beforeEach(async () => {
    directory = await newDirectory()
  })
  afterEach(() => directory.remove())

  const runSeed = async (seed: number) => {
    const store = await directory.open({ path: `${directory.path}-${seed}` })
    const operations = 120
    const beside = ['x', 'y'].map(async (name, i): Promise<History> => {
      const module = new URL('./history-process.ts', import.meta.url)
      const child = fork(module, [`${directory.path}-${seed}`, name, String(seed * 10 + i), String(operations)])
      const [history] = (await once(child, 'message')) as [History]
      await once(child, 'exit')
      return history
    })
    const own = runClients({ store, process: 'o', seed, clients: 3, operations, names: 5 })
    const history = mergeHistories(await Promise.all([own, ...beside]))
    const log = await recordLog(store)
    const findings = checkHistory(history, log)
    if (findings.length > 0) throw new Error(`seed ${seed}\n${describeFindings(findings, history, log)}`)
    expect(log.length).toBeGreaterThan(50)
    await store.close()
  }

  it('keeps its contract', { timeout: 60_000 + minutes * 90_000 }, async () => {
    const until = Date.now() + minutes * 60_000
    let seed = firstSeed
    do await runSeed(seed++)
    while (Date.now() < until || seed < firstSeed + 2)
  })
})
