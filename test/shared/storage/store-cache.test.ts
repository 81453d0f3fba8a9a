import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Index } from '../../../shared/client/cache.ts'
import type { Resource } from '../../../shared/client/client.ts'
import type { KubeObject } from '../../../shared/meta/object.ts'
import type { LmdbStore } from '../../../shared/storage/lmdb/open.ts'
import type { LogTail } from '../../../shared/storage/log-tail.ts'
import { RevisionExpired, type Store, StoreUnavailable } from '../../../shared/storage/store.ts'
import { CacheNotLoaded, createStoreCache, type StoreCache } from '../../../shared/storage/store-cache.ts'
import { openLogTail } from '../../../shared/storage/tail/open.ts'
import { createPod, deletePod, updatePod } from '../../contract/store/objects.ts'
import { type Directory, newDirectory } from './lmdb/directory.ts'

type Noted = KubeObject & { note: string }
const pods: Resource<Noted> = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true }
const nodes: Resource = { group: '', version: 'v1', resource: 'nodes', kind: 'Node', namespaced: false }
const byNote: Index<Noted> = { name: 'note', resource: pods, valuesOf: ({ note }) => note.split('+') }

describe('store cache', () => {
  let directory: Directory
  let store: LmdbStore
  let tail: LogTail
  let cache: StoreCache
  beforeEach(async () => {
    directory = await newDirectory()
    store = await directory.open()
    await createPod(store, 'early', 'red')
    tail = await openLogTail({ store })
    cache = await createStoreCache({ store, tail, resources: [pods] })
  })
  afterEach(async () => {
    cache.close()
    await tail.close()
    await directory.remove()
  })

  const names = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name).sort()

  it('holds what was there, and after a sync everything acknowledged before it', async () => {
    expect(names(cache.list(pods))).toEqual(['early'])
    const a = await createPod(store, 'a', 'one')
    const b = await createPod(store, 'b', 'one', 'other')
    await cache.sync()
    expect(names(cache.list(pods))).toEqual(['a', 'b', 'early'])
    expect(names(cache.list(pods, 'other'))).toEqual(['b'])
    await updatePod(store, a, 'two')
    await deletePod(store, b)
    await cache.sync()
    expect(cache.get(pods, 'default', 'a')?.note).toBe('two')
    expect(cache.get(pods, 'other', 'b')).toBeUndefined()
    expect(cache.list(pods, 'other')).toEqual([])
  })

  it('parses an object once', () => {
    expect(cache.get(pods, 'default', 'early')).toBe(cache.list(pods)[0])
  })

  it('lists a resource that it is first asked for by the next sync', async () => {
    expect(() => cache.list(nodes)).toThrow(CacheNotLoaded)
    await cache.sync()
    expect(cache.list(nodes)).toEqual([])
  })

  it('keeps indexes with the changes', async () => {
    expect(names(cache.byIndex(byNote, 'red'))).toEqual(['early'])
    const a = await createPod(store, 'a', 'red+blue')
    await cache.sync()
    expect(names(cache.byIndex(byNote, 'red'))).toEqual(['a', 'early'])
    expect(names(cache.byIndex(byNote, 'blue'))).toEqual(['a'])
    const updated = await updatePod(store, a, 'blue+green')
    await cache.sync()
    expect(names(cache.byIndex(byNote, 'red'))).toEqual(['early'])
    expect(names(cache.byIndex(byNote, 'green'))).toEqual(['a'])
    await deletePod(store, updated)
    await cache.sync()
    expect(cache.byIndex(byNote, 'blue')).toEqual([])
  })

  it('equals the store after many concurrent writes, whenever its list came', async () => {
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 0; i < 15; i++) {
        const entry = await createPod(store, `w${writer}-${i}`, 'red')
        if (i % 3 === 0) await deletePod(store, entry)
        else if (i % 3 === 1) await updatePod(store, entry, 'blue')
      }
    })
    const late = await createStoreCache({ store, tail, resources: [pods] })
    await Promise.all(writers)
    const { entries } = await store.list('pods')
    const wanted = entries.map(({ value }) => JSON.parse(Buffer.from(value).toString()) as Noted)
    for (const each of [cache, late]) {
      await each.sync()
      const held = each.list(pods).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
      expect(held).toEqual(wanted.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)))
      expect(names(each.byIndex(byNote, 'blue'))).toEqual(names(wanted.filter(({ note }) => note === 'blue')))
    }
  })

  it('lists again when history between was dropped', async () => {
    let asleep = true
    const expiring: Store = {
      ...store,
      changes: async (after, limit) => {
        if (!asleep) return store.changes(after, limit)
        asleep = false
        throw new RevisionExpired(after, after + 1)
      },
      waitForChange: (after, signal) =>
        asleep ? new Promise((resolve) => signal.addEventListener('abort', () => resolve())) : store.waitForChange(after, signal),
    }
    const sleeper = await openLogTail({ store: expiring })
    const own = await createStoreCache({ store: expiring, tail: sleeper, resources: [pods] })
    await createPod(store, 'while-asleep')
    await own.sync()
    expect(names(own.list(pods))).toEqual(['early', 'while-asleep'])
    await sleeper.close()
  })

  it('shows nothing of before to who syncs after one of two lists failed', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    const { promise: failed, resolve: fail } = Promise.withResolvers<void>()
    let faulty = false
    const slow: Store = {
      ...store,
      list: async (resource, options) => {
        if (!faulty) return store.list(resource, options)
        if (resource === 'pods') await held
        else {
          faulty = false
          fail()
          throw new StoreUnavailable('throttled')
        }
        return store.list(resource, options)
      },
    }
    const sleeper = await openLogTail({ store: slow, follow: 'never' })
    const own = await createStoreCache({ store: slow, tail: sleeper, resources: [pods, nodes] })
    await store.compact((await createPod(store, 'while-asleep')).revision)
    await createPod(store, 'later')
    faulty = true
    const first = own.sync().catch(String)
    await failed
    await new Promise((resolve) => setImmediate(resolve))
    const second = own.sync().then(() => names(own.list(pods)), String)
    await new Promise((resolve) => setTimeout(resolve, 20))
    release()
    expect(await first).toContain('throttled')
    expect(await second).toContain('throttled')
    await own.sync()
    expect(names(own.list(pods))).toEqual(['early', 'later', 'while-asleep'])
    await sleeper.close()
  })
})
