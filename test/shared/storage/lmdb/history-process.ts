import { openLmdbStore } from '../../../../shared/storage/lmdb/open.ts'
import { answerJobs } from '../../../contract/histories/client-process.ts'
import { runHeartbeats } from '../../../contract/histories/heartbeat-clients.ts'
import { runClients } from '../../../contract/histories/random-clients.ts'
import { seededRandom } from '../../../contract/random.ts'

export interface HistoryJob {
  readonly path: string
  readonly name: string
  readonly seed: number
  readonly operations: number
}

/** Clients in a process of their own, over the map of the owner. */
answerJobs(async ({ path, name, seed, operations }: HistoryJob) => {
  const store = await openLmdbStore({ path, role: 'worker' })
  const beating = runHeartbeats({
    heartbeats: store.heartbeats,
    node: name,
    random: seededRandom(seed),
    beats: operations,
    late: false,
  })
  const history = await runClients({ store, process: name, seed, clients: 3, operations, names: 5, largeBytes: 20_000 })
  const found = await beating
  // However long the clients took, the last beat is one that a flush has not seen.
  await store.heartbeats.record(new Map([[name, operations + 1]]))
  await store.close()
  return { ...history, found: [...(history.found ?? []), ...found] }
})
