import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LmdbStore, type LmdbStoreOptions, openLmdbStore } from '../../../../shared/storage/lmdb/open.ts'

const memory = '/dev/shm'

/** Where flushing costs nothing, if there is such a place: many times as many commits, for what is to meet one just then. */
export const quickPlace = (): string => (existsSync(memory) ? memory : tmpdir())

/** A directory for the stores of one test; `remove` closes what is still open. */
export const newDirectory = async (place = tmpdir()) => {
  const root = await mkdtemp(join(place, 'windlass-store-'))
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
