import type { Resource } from '../client/client.ts'
import type { KubeObject } from '../meta/object.ts'
import type { Clock } from '../platform/clock.ts'
import { createLogAge } from './log-age.ts'
import type { LogTail } from './log-tail.ts'
import type { Store } from './store.ts'
import { CacheNotLoaded, emptyStoreCache } from './store-cache.ts'

/** Objects out of this process' memory, frozen by convention. A resource is listed when it is first asked for. */
export interface ObjectReader {
  get<T extends KubeObject>(resource: Resource<T>, namespace: string, name: string): Promise<T | undefined>
  /** all namespaces when `namespace` is undefined */
  list<T extends KubeObject>(resource: Resource<T>, namespace?: string): Promise<readonly T[]>
  /** Of all namespaces, the same array until one of them changes; at once where nothing has to be read. */
  all<T extends KubeObject>(resource: Resource<T>): readonly T[] | Promise<readonly T[]>
}

/** A position in the log and what was read up to it, for those who decide about a request. */
export interface CurrentObjects {
  /**
   * A reader for one request. What it says holds everything that was acknowledged `maxAgeMs` before it is first asked, and stays so old:
   * the log is caught up with at most once. Until it is asked it costs nothing.
   */
  reader(maxAgeMs: number): ObjectReader
}

export interface CurrentObjectsOptions {
  readonly store: Pick<Store, 'list'>
  readonly tail: LogTail
  readonly clock: Clock
  /** listed together with the first that is asked for: what nearly every request asks for */
  readonly together?: readonly Resource[] | undefined
}

export const createCurrentObjects = (options: CurrentObjectsOptions): CurrentObjects => {
  const { clock, together = [] } = options
  const cache = emptyStoreCache(options)
  const age = createLogAge(clock)
  let loaded = false
  const catchUp = () =>
    age.during(async () => {
      if (!loaded) await cache.load(together)
      loaded = true
      await cache.sync()
    })
  const whenListed = async <T>(look: () => T): Promise<T> => {
    for (;;) {
      try {
        return look()
      } catch (error) {
        if (!(error instanceof CacheNotLoaded)) throw error
        await catchUp()
      }
    }
  }
  const lookIfListed = <T>(look: () => T): T | undefined => {
    try {
      return look()
    } catch (error) {
      if (!(error instanceof CacheNotLoaded)) throw error
      return undefined
    }
  }
  return {
    reader: (maxAgeMs) => {
      let fresh: Promise<void> | undefined
      let isFresh = false
      const read = async <T>(look: () => T): Promise<T> => {
        // What must be current is read anew, though it was read in this very millisecond.
        fresh ??= maxAgeMs > 0 && age.isWithin(maxAgeMs) ? Promise.resolve() : catchUp()
        if (!isFresh) await fresh
        isFresh = true
        return whenListed(look)
      }
      return {
        get: (resource, namespace, name) => read(() => cache.get(resource, namespace, name)),
        list: (resource, namespace) => read(() => cache.list(resource, namespace)),
        all: (resource) => {
          const look = () => cache.all(resource)
          const mayLook = isFresh || (!fresh && maxAgeMs > 0 && age.isWithin(maxAgeMs))
          return (mayLook ? lookIfListed(look) : undefined) ?? read(look)
        },
      }
    },
  }
}
