import { openLmdbStore } from '../../../../shared/storage/lmdb/open.ts'
import { answerJobs } from '../../../contract/histories/client-process.ts'
import { runClients } from '../../../contract/histories/random-clients.ts'

export interface HistoryJob {
  readonly path: string
  readonly name: string
  readonly seed: number
  readonly operations: number
}

/** Clients in a process of their own, over the map of the owner. */
answerJobs(async ({ path, name, seed, operations }: HistoryJob) => {
  const store = await openLmdbStore({ path, role: 'worker' })
  const history = await runClients({ store, process: name, seed, clients: 3, operations, names: 5, largeBytes: 20_000 })
  await store.close()
  return history
})
