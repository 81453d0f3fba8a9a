import type { Cache } from '../client/cache.ts'
import type { Logger } from '../platform/log.ts'
import type { Work } from '../queue/work.ts'
import { CacheNotLoaded } from '../storage/store-cache.ts'
import type { DispatchChange, Dispatcher } from './dispatch.ts'

/**
 * Whom a change concerns, in a process that lists what it is asked for: throws `CacheNotLoaded`, to be asked again after a sync. A
 * watch that fails otherwise is logged; the resync finds what it meant.
 */
export const workOf = (
  change: DispatchChange,
  options: { dispatcher: Dispatcher; cache: Cache; log: Logger },
): readonly Work[] => {
  const { dispatcher, cache, log } = options
  return dispatcher.dispatch(change, cache, (error) => {
    if (error instanceof CacheNotLoaded) throw error
    log.error('could not dispatch a change', { resource: change.resource, error })
  })
}
