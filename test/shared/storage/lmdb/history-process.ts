import { openLmdbStore } from '../../../../shared/storage/lmdb/open.ts'
import { runClients } from '../../../contract/histories/random-clients.ts'

/** Clients in a process of their own, over the map of the owner. */
const [path = '', name = '', seed = '0', operations = '0'] = process.argv.slice(2)
const store = await openLmdbStore({ path, role: 'worker' })
const history = await runClients({
  store,
  process: name,
  seed: Number(seed),
  clients: 3,
  operations: Number(operations),
  names: 5,
})
await store.close()
process.send?.(history, () => process.disconnect())
