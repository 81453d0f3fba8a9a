import type { ObjectKey } from '../meta/object.ts'
import {
  type Change,
  type Encode,
  type Entry,
  KeyExists,
  RevisionConflict,
  type Store,
  StoreUnavailable,
  type WriteOptions,
} from '../storage/store.ts'
import { visitListed } from '../storage/visit-listed.ts'
import type { DataKey, DataKeyProvider } from './key-provider.ts'
import { isSealed, openValue, sealedKeyId, sealValue } from './sealed-value.ts'

/**
 * A store whose values of some resources stand encrypted in the one below; everything else passes untouched. Values from
 * before a resource was encrypted are read as they are, and encrypted by their next write.
 */
export const encryptingStore = (options: {
  store: Store
  keys: DataKeyProvider
  /** by name as in ObjectKey: `secrets` */
  isEncrypted: (resource: string) => boolean
}): Store => {
  const { store, keys, isEncrypted } = options
  const open = opener(keys)

  const openEntry = async (entry: Entry): Promise<Entry> => {
    const { key, revision, value } = entry
    return isEncrypted(key.resource) && isSealed(value) ? { key, revision, value: await open(key, value) } : entry
  }

  const openChange = async (change: Change): Promise<Change> => {
    const { key, value, previous } = change
    if (!isEncrypted(key.resource)) return change
    return {
      ...change,
      value: isSealed(value) ? await open(key, value) : value,
      previous: previous && isSealed(previous) ? await open(key, previous) : previous,
    }
  }

  /** Writes with the values sealed; answers and conflicts come back open. */
  const write = async (key: ObjectKey, encode: Encode, perform: (encode: Encode) => Promise<Entry>): Promise<Entry> => {
    if (!isEncrypted(key.resource)) return perform(encode)
    const dataKey = await keys.current()
    let written: Uint8Array | undefined
    try {
      const entry = await perform((revision) => {
        written = encode(revision)
        return sealValue(key, dataKey, written)
      })
      return { key: entry.key, revision: entry.revision, value: written ?? entry.value }
    } catch (error) {
      if (error instanceof KeyExists) throw new KeyExists(await openEntry(error.current))
      if (error instanceof RevisionConflict && error.current) throw new RevisionConflict(key, await openEntry(error.current))
      throw error
    }
  }

  const refuseExpiry = ({ resource }: ObjectKey, writeOptions: WriteOptions | undefined) => {
    // The driver below makes an expired object's last state by itself, and could not read it.
    if (writeOptions?.ttlSeconds !== undefined && isEncrypted(resource))
      throw new StoreUnavailable(`"${resource}" is encrypted: its objects can't expire`)
  }

  const list: Store['list'] = async (resource, listOptions) => {
    const result = await store.list(resource, listOptions)
    return isEncrypted(resource) ? { ...result, entries: await Promise.all(result.entries.map(openEntry)) } : result
  }

  return {
    get: async (key) => {
      const entry = await store.get(key)
      return entry && isEncrypted(key.resource) ? openEntry(entry) : entry
    },
    list,
    listValues: (resource, namespace, visit) =>
      isEncrypted(resource) ? visitListed(list)(resource, namespace, visit) : store.listValues(resource, namespace, visit),
    create: async (key, encode, writeOptions) => {
      refuseExpiry(key, writeOptions)
      return write(key, encode, (sealed) => store.create(key, sealed, writeOptions))
    },
    update: async (key, expected, encode, writeOptions) => {
      refuseExpiry(key, writeOptions)
      return write(key, encode, (sealed) => store.update(key, expected, sealed, writeOptions))
    },
    delete: async (key, expected, encode) => write(key, encode, (sealed) => store.delete(key, expected, sealed)),
    changes: async (after, limit) => {
      const result = await store.changes(after, limit)
      const concerned = result.changes.some(({ key }) => isEncrypted(key.resource))
      return concerned ? { ...result, changes: await Promise.all(result.changes.map(openChange)) } : result
    },
    waitForChange: (after, signal) => store.waitForChange(after, signal),
    revision: () => store.revision(),
    revisionNow: store.revisionNow,
    compact: (revision) => store.compact(revision),
    close: () => store.close(),
  }
}

/** Reads one value of each of these resources, so that a wrong key shows at the start and not at the first request. */
export const verifyDataKeys = async (store: Store, resources: readonly string[]): Promise<void> => {
  for (const resource of resources) await store.list(resource, { limit: 1 })
}

const opener =
  (keys: DataKeyProvider) =>
  async (key: ObjectKey, value: Uint8Array): Promise<Uint8Array> => {
    const subject = `${key.resource} "${key.namespace}/${key.name}"`
    let dataKey: DataKey
    try {
      dataKey = await keys.byId(sealedKeyId(value))
    } catch (cause) {
      throw new StoreUnavailable(`can't decrypt ${subject}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
    try {
      return openValue(key, dataKey, value)
    } catch (cause) {
      throw new StoreUnavailable(
        `can't decrypt ${subject} with key ${dataKey.id}: it was changed, or moved here from another object`,
        { cause },
      )
    }
  }
