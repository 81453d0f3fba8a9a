import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLmdbStore } from '../../../../shared/storage/lmdb/open.ts'
import { testStore } from '../../../contract/store.ts'
import { ManualClock } from '../../../fakes/manual-clock.ts'

testStore({
  name: 'LMDB',
  newStore: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'windlass-store-'))
    const clock = new ManualClock()
    const store = await openLmdbStore({ path: join(directory, 'store'), clock })
    return {
      store,
      clock,
      sweep: () => store.sweep(),
      close: async () => {
        await store.close()
        await rm(directory, { recursive: true })
      },
    }
  },
})
