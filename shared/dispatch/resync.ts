import type { Cache } from '../client/cache.ts'
import type { Controller } from '../controllers/controller.ts'
import { resourceName } from '../meta/object.ts'
import type { Logger } from '../platform/log.ts'
import { type CausedWork, schedulerWork, type WorkQueues } from '../queue/work-queues.ts'
import { whenLoaded } from '../storage/when-loaded.ts'
import type { Dispatcher } from './dispatch.ts'
import { workOf } from './work-of.ts'

/** Has every object looked at again: events get lost. `cause` tells one resync from another. */
export type Resync = (cause: string) => Promise<void>

export const createResync = (options: {
  dispatcher: Dispatcher
  controllers: readonly Controller[]
  cache: Cache
  queues: WorkQueues
  log: Logger
}): Resync => {
  const { dispatcher, controllers, cache, queues } = options
  const everything = (cause: string): CausedWork[] => {
    const works: CausedWork[] = [{ work: schedulerWork, cause }]
    for (const resource of dispatcher.resources(cache)) {
      const name = resourceName(resource.group, resource.resource)
      for (const object of cache.list(resource)) {
        for (const work of workOf({ resource: name, object, previous: undefined }, options)) works.push({ work, cause })
      }
    }
    for (const { name, initialKeys = [] } of controllers)
      for (const key of initialKeys) works.push({ work: { controller: name, key }, cause })
    return works
  }
  return async (cause) => {
    await queues.send(await whenLoaded(cache, () => everything(`resync ${cause}`)))
  }
}
