import type { Cache } from '../client/cache.ts'
import { type Controller, eventComponentOf } from '../controllers/controller.ts'
import type { EventSink } from '../controllers/event/event-recorder.ts'
import type { KubeObject } from '../meta/object.ts'
import type { Logger } from '../platform/log.ts'
import type { Work } from '../queue/work.ts'
import { whenLoaded } from '../storage/when-loaded.ts'

/** Says on the object that nobody tries any more. Never throws: an Event is not worth a retry. */
export const reportPoison = async (
  work: Work,
  error: unknown,
  options: { controllers: readonly Controller[]; cache: Cache; events: EventSink; log: Logger },
): Promise<void> => {
  const { controllers, cache, events, log } = options
  const controller = controllers.find(({ name }) => name === work.controller)
  const resource = controller?.watches[0]?.resource
  if (!resource) return
  const [namespace, name] = work.key.includes('/') ? work.key.split('/') : ['', work.key]
  try {
    const object: KubeObject | undefined = await whenLoaded(cache, () => cache.get(resource, namespace ?? '', name ?? ''))
    if (!object) return
    const message = `gave up until the next resync: ${error instanceof Error ? error.message : String(error)}`
    await events.recorder(eventComponentOf(controller)).record(object, 'Warning', 'ReconcileFailed', message)
  } catch (cause) {
    log.warn('could not say on the object that its work was given up', { ...work, error: cause })
  }
}
