import type { Cache } from '../client/cache.ts'
import { CacheNotLoaded } from './store-cache.ts'

/**
 * Runs after a `sync()`, again when it asked for a resource that the cache did not hold yet: a process that wakes for one key
 * lists only what that key needs. `run` must be idempotent.
 */
export const whenLoaded = async <T>(cache: Cache, run: () => T | Promise<T>): Promise<T> => {
  for (;;) {
    await cache.sync()
    try {
      return await run()
    } catch (error) {
      // Each time another resource is there: this ends.
      if (!(error instanceof CacheNotLoaded)) throw error
    }
  }
}
