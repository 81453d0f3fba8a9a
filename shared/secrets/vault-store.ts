import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { ObjectKey } from '../meta/object.ts'
import { ApiError } from '../meta/status.ts'
import {
  type Change,
  type Encode,
  type Entry,
  KeyExists,
  RevisionConflict,
  type Store,
  StoreUnavailable,
} from '../storage/store.ts'
import { visitListed } from '../storage/visit-listed.ts'
import { createKeptData } from './kept-data.ts'
import { type SecretVault, VaultRefused } from './secret-vault.ts'
import {
  isKeptOutside,
  mayRefer,
  parse,
  type SecretObject,
  serialize,
  vaultName,
  versionOf,
  withoutReference,
  withReference,
} from './vault-reference.ts'

export interface VaultStoreOptions {
  readonly store: Store
  readonly vault: SecretVault
  /** of names in the vault */
  readonly prefix: string
  /** whether lists and changes carry the data too; those who only look for names leave it where it is */
  readonly bulk: 'resolve' | 'leave'
  /** Hears of what could not be removed from the vault; `sweepVault` does it later. */
  readonly onLeft?: ((name: string, error: unknown) => void) | undefined
}

const concerns = ({ resource }: ObjectKey) => resource === 'secrets'

/**
 * A store whose Secrets that say so keep their data in a vault: below stands only which version it is. What is put into the vault and then
 * not stored is never referred to, and removed: at once where it is certain, else by `sweepVault`. A Secret's last state at its deletion carries no data.
 */
export const vaultStore = ({ store, vault, prefix, bulk, onLeft }: VaultStoreOptions): Store => {
  const kept = createKeptData({ store, vault, prefix })
  const openEntry = async ({ key, revision, value }: Entry): Promise<Entry> => ({
    key,
    revision,
    value: concerns(key) ? await kept.open(key, value) : value,
  })
  const openChange = async (change: Change): Promise<Change> => ({
    ...change,
    value: await kept.open(change.key, change.value, 'past'),
    previous: change.previous && (await kept.open(change.key, change.previous, 'past')),
  })

  /** Which version holds the data of an object that is about to be written; undefined: it stays in the store. */
  const keep = async (key: ObjectKey, object: SecretObject, held: SecretObject | undefined): Promise<string | undefined> => {
    if (!isKeptOutside(object)) return undefined
    const before = held && versionOf(held)
    const { data = {} } = object
    if (before !== undefined && isDeepStrictEqual(await kept.of(key, held!, before), data)) return before
    const version = randomUUID()
    const name = vaultName(prefix, key, object)
    // It takes the mark of the one before, which must have the one of what is in use then.
    if (before !== undefined) await vault.settle(name, before).catch(refuse)
    await vault.put(name, version, JSON.stringify(data)).catch(refuse)
    return version
  }
  const remove = async (name: string): Promise<void> => {
    try {
      await vault.remove(name)
    } catch (error) {
      onLeft?.(name, error)
    }
  }
  const settle = (name: string, version: string): Promise<void> =>
    vault.settle(name, version).catch((error: unknown) => onLeft?.(name, error))
  /** Of a Secret that came back into the store, unless it left again meanwhile: whoever wrote that may have settled before this removed. */
  const removeMoved = async (key: ObjectKey, name: string): Promise<void> => {
    await remove(name)
    const entry = await store.get(key)
    const now = entry && parse(entry.value)
    const version = now && versionOf(now)
    if (version !== undefined && vaultName(prefix, key, now!) === name) await settle(name, version)
  }
  /** What a creation put, and nobody refers to. Where the store does not know, it may be referred to. */
  const removeUnused = async (name: string, uid: string | undefined, error: unknown): Promise<void> => {
    const isOurs = error instanceof KeyExists && parse(error.current.value).metadata.uid === uid
    if (!isOurs && !(error instanceof StoreUnavailable)) await remove(name)
  }
  const write = async (
    key: ObjectKey,
    encode: Encode,
    perform: (encode: Encode, held: SecretObject | undefined) => Promise<Entry>,
    isUpdate: boolean,
  ): Promise<Entry> => {
    const draft = encode(0)
    const current = isUpdate ? await store.get(key) : undefined
    const held = current && mayRefer(current.value) ? parse(current.value) : undefined
    if (!mayRefer(draft) && !held) return perform(encode, undefined)
    const object = parse(draft)
    const taken = isUpdate ? undefined : await store.get(key)
    if (taken) throw new KeyExists(taken)
    const version = await keep(key, object, held)
    const stored = (revision: number) => {
      const next = parse(encode(revision))
      return serialize(version === undefined ? withoutReference(next) : withReference(next, version))
    }
    const name = vaultName(prefix, key, object)
    const entry = await perform(stored, held).catch(async (error: unknown) => {
      // An update shares the name with others.
      if (version !== undefined && !isUpdate) await removeUnused(name, object.metadata.uid, error)
      throw error
    })
    if (version !== undefined && isUpdate) await settle(name, version)
    if (version === undefined && held && versionOf(held) !== undefined) await removeMoved(key, name)
    return openEntry(entry)
  }
  const translated = async (work: Promise<Entry>): Promise<Entry> => {
    try {
      return await work
    } catch (error) {
      if (error instanceof KeyExists) throw new KeyExists(await openEntry(error.current))
      if (error instanceof RevisionConflict && error.current)
        throw new RevisionConflict(error.key, await openEntry(error.current))
      throw error
    }
  }

  const isOpened = (resource: string) => resource === 'secrets' && bulk !== 'leave'
  const list: Store['list'] = async (resource, options) => {
    const result = await store.list(resource, options)
    return isOpened(resource) ? { ...result, entries: await Promise.all(result.entries.map(openEntry)) } : result
  }

  return {
    ...store,
    get: async (key) => {
      const entry = await store.get(key)
      return entry && concerns(key) ? openEntry(entry) : entry
    },
    list,
    listValues: (resource, namespace, visit) =>
      isOpened(resource) ? visitListed(list)(resource, namespace, visit) : store.listValues(resource, namespace, visit),
    create: async (key, encode, options) => {
      if (!concerns(key)) return store.create(key, encode, options)
      return translated(write(key, encode, (stored) => store.create(key, stored, options), false))
    },
    update: async (key, expected, encode, options) => {
      if (!concerns(key)) return store.update(key, expected, encode, options)
      return translated(write(key, encode, (stored) => store.update(key, expected, stored, options), true))
    },
    delete: async (key, expected, encode) => {
      const last = concerns(key) && mayRefer(encode(0)) ? parse(encode(0)) : undefined
      if (!last || !isKeptOutside(last)) return store.delete(key, expected, encode)
      const entry = await store.delete(key, expected, (revision) => serialize(withReference(parse(encode(revision)), undefined)))
      await remove(vaultName(prefix, key, last))
      return entry
    },
    changes: async (after, limit) => {
      const result = await store.changes(after, limit)
      if (bulk === 'leave' || !result.changes.some(({ key }) => concerns(key))) return result
      const changes = result.changes.map((change) => (concerns(change.key) ? openChange(change) : change))
      return { ...result, changes: await Promise.all(changes) }
    },
  }
}

const refuse = (error: unknown): never => {
  if (!(error instanceof VaultRefused)) throw error
  const { retryAfterSeconds, message } = error
  if (retryAfterSeconds === undefined) throw new ApiError('RequestEntityTooLarge', message, { cause: error })
  throw new ApiError('TooManyRequests', message, { cause: error, details: { retryAfterSeconds } })
}
