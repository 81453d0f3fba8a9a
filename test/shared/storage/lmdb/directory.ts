import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LmdbStore, type LmdbStoreOptions, openLmdbStore } from '../../../../shared/storage/lmdb/open.ts'

/** A directory for the stores of one test; `remove` closes what is still open. */
export const newDirectory = async () => {
  const root = await mkdtemp(join(tmpdir(), 'windlass-store-'))
  const opened: LmdbStore[] = []
  const path = join(root, 'store')
  const closeAll = async () => {
    for (const store of opened) await store.close()
  }
  return {
    root,
    path,
    open: async (options: Partial<LmdbStoreOptions> = {}): Promise<LmdbStore> => {
      const store = await openLmdbStore({ path, ...options })
      opened.push(store)
      return store
    },
    closeAll,
    remove: async () => {
      await closeAll()
      await rm(root, { recursive: true })
    },
  }
}

export type Directory = Awaited<ReturnType<typeof newDirectory>>
