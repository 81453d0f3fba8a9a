import { openDynamoDbHeartbeats } from '../../../../shared/storage/dynamodb/heartbeats.ts'
import { openDynamoDbStore } from '../../../../shared/storage/dynamodb/open.ts'
import { answerJobs } from '../../../contract/histories/client-process.ts'
import { runHeartbeats } from '../../../contract/histories/heartbeat-clients.ts'
import { runClients } from '../../../contract/histories/random-clients.ts'
import { seededRandom } from '../../../contract/random.ts'
import { localClient } from '../../../fakes/dynamodb-local.ts'
import { FaultProxy, randomFaults } from '../../../fakes/fault-proxy.ts'

export interface HistoryJob {
  readonly endpoint: string
  readonly table: string
  readonly name: string
  readonly seed: number
  readonly operations: number
  readonly beginning: number
}

/** Clients in a process of their own, whose requests meet random faults once the store is open. */
const run = async ({ endpoint, table, name, seed, operations, beginning }: HistoryJob) => {
  let armed = false
  const faultOf = randomFaults(seededRandom(seed), 8)
  const proxy = await FaultProxy.start(endpoint, (request) => (armed ? faultOf(request) : 'none'))
  // One attempt by the SDK, so that what it cannot know comes up to the driver.
  const client = localClient({ endpoint: proxy.endpoint, maxAttempts: 1, timeoutMs: 5000 })
  const store = await openDynamoDbStore({ client, table, gapMs: 400, pollMs: 50 })
  armed = true
  const heartbeats = openDynamoDbHeartbeats({ client, table })
  const beating = runHeartbeats({ heartbeats, node: name, random: seededRandom(seed), beats: operations })
  const history = await runClients({
    store,
    process: name,
    seed,
    clients: 2,
    operations,
    beginning,
    names: 3,
    largeBytes: 400_000,
  })
  const found = await beating
  await store.close()
  await proxy.stop()
  return { ...history, found: [...(history.found ?? []), ...found] }
}

answerJobs(run)
