import { jsonDeletion } from '../storage/deletion.ts'
import { RevisionConflict, type Store } from '../storage/store.ts'
import type { DataKeyProvider } from './key-provider.ts'
import { isSealed, sealedKeyId } from './sealed-value.ts'

const pageSize = 100

/**
 * Writes anew, otherwise unchanged, whatever is not encrypted with the newest key. To be run again and again: another process may
 * go on with an older key for minutes. Answers how many were written.
 */
export const reencrypt = async (options: {
  /** as it stands */
  stored: Pick<Store, 'list'>
  /** `encryptingStore` over it */
  store: Pick<Store, 'get' | 'update'>
  keys: DataKeyProvider
  resources: Iterable<string>
}): Promise<number> => {
  const { stored, store, keys, resources } = options
  const { id } = await keys.current()
  let count = 0
  const write = async (key: Parameters<Store['get']>[0]) => {
    const entry = await store.get(key)
    if (!entry) return
    try {
      await store.update(key, entry.revision, (revision) => jsonDeletion(entry, revision))
      count++
    } catch (error) {
      // Somebody else has written it anew.
      if (!(error instanceof RevisionConflict)) throw error
    }
  }
  for (const resource of resources) {
    let after: { namespace: string; name: string } | undefined
    for (;;) {
      const { entries, remaining } = await stored.list(resource, { limit: pageSize, after })
      for (const { key, value } of entries) if (!isSealed(value) || sealedKeyId(value) !== id) await write(key)
      after = entries.at(-1)?.key
      if (remaining === 0 || after === undefined) break
    }
  }
  return count
}
