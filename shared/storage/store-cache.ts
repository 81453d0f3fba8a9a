import type { Cache, Index } from '../client/cache.ts'
import type { Resource } from '../client/client.ts'
import { type KubeObject, resourceName } from '../meta/object.ts'
import type { LogTail, TailChange } from './log-tail.ts'
import { ResourceCache } from './resource-cache.ts'
import type { Store } from './store.ts'

export interface StoreCache extends Cache {
  /** Lists these now, so that the first `sync()` need not. */
  load(resources: readonly Resource[]): Promise<void>
  /** What `list` gives for all namespaces; the same array until one of them changes. */
  all<T extends KubeObject>(resource: Resource<T>): readonly T[]
  close(): void
}

/**
 * A `Cache` that is a position in the log and what was read up to it. What stands in `resources` is listed at once; another
 * resource throws `CacheNotLoaded` when it is first asked for, and is there after the next `sync()`.
 */
export const createStoreCache = async (options: {
  store: Store
  tail: LogTail
  resources: readonly Resource[]
}): Promise<StoreCache> => {
  const cache = emptyStoreCache(options)
  await cache.load(options.resources)
  return cache
}

/** One that has listed nothing yet. */
export const emptyStoreCache = ({ store, tail }: { store: Pick<Store, 'list'>; tail: LogTail }): StoreCache =>
  new LoadedCache(store, tail)

export class CacheNotLoaded extends Error {
  constructor(resource: string) {
    super(`the cache does not hold "${resource}" yet: it is listed by the next sync`)
    this.name = 'CacheNotLoaded'
  }
}

class LoadedCache implements StoreCache {
  readonly #store: Pick<Store, 'list'>
  readonly #tail: LogTail
  readonly #resources = new Map<string, ResourceCache>()
  /** the same, by who asks again and again */
  readonly #known = new WeakMap<Resource, ResourceCache>()
  readonly #stop: () => void
  /** resources whose content is to be listed (again) */
  readonly #stale = new Set<string>()
  #listing: Promise<void> | undefined

  constructor(store: Pick<Store, 'list'>, tail: LogTail) {
    this.#store = store
    this.#tail = tail
    this.#stop = tail.listen({
      changes: (changes) => this.#apply(changes),
      reset: () => {
        for (const name of this.#resources.keys()) this.#want(name)
      },
    })
  }

  async load(resources: readonly Resource[]): Promise<void> {
    for (const { group, resource } of resources) {
      const name = resourceName(group, resource)
      if (!this.#resources.has(name)) this.#want(name)
    }
    await this.#listStale()
  }

  async sync(): Promise<void> {
    do {
      if (this.#stale.size > 0 || this.#listing) await this.#listStale()
      await this.#tail.catchUp()
      // Catching up may have found history gone.
    } while (this.#stale.size > 0)
  }

  get<T extends KubeObject>(resource: Resource<T>, namespace: string, name: string): T | undefined {
    return this.#of(resource).get(namespace, name) as T | undefined
  }

  list<T extends KubeObject>(resource: Resource<T>, namespace?: string): T[] {
    return this.#of(resource).list(namespace) as T[]
  }

  all<T extends KubeObject>(resource: Resource<T>): readonly T[] {
    return this.#of(resource).all() as readonly T[]
  }

  byIndex<T extends KubeObject>(index: Index<T>, value: string): T[] {
    return this.#of(index.resource).byIndex(index as unknown as Index<KubeObject>, value) as T[]
  }

  close(): void {
    this.#stop()
  }

  #of(wanted: Resource): ResourceCache {
    const known = this.#known.get(wanted)
    if (known) return known
    const name = resourceName(wanted.group, wanted.resource)
    const found = this.#resources.get(name) ?? this.#want(name)
    if (!found.loaded) throw new CacheNotLoaded(name)
    this.#known.set(wanted, found)
    return found
  }

  #want(name: string): ResourceCache {
    const cache = this.#resources.get(name) ?? new ResourceCache()
    this.#resources.set(name, cache)
    cache.expectList()
    this.#stale.add(name)
    return cache
  }

  async #listStale(): Promise<void> {
    while (this.#stale.size > 0 || this.#listing) {
      this.#listing ??= this.#listAll().finally(() => {
        this.#listing = undefined
      })
      await this.#listing
    }
  }

  async #listAll(): Promise<void> {
    // All are awaited, though one failed: whoever syncs next must not read what another list is about to replace.
    const listed = await Promise.allSettled([...this.#stale].map((name) => this.#listOne(name)))
    const failed = listed.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  }

  async #listOne(name: string): Promise<void> {
    this.#stale.delete(name)
    try {
      const { entries, revision } = await this.#store.list(name)
      if (!this.#stale.has(name)) this.#resources.get(name)?.replace(entries, revision)
    } catch (error) {
      this.#stale.add(name)
      throw error
    }
  }

  #apply(changes: readonly TailChange[]): void {
    for (const change of changes) this.#resources.get(change.key.resource)?.apply(change)
  }
}
