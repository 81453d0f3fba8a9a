import type { Cache } from '../client/cache.ts'
import type { Controller, Watch } from '../controllers/controller.ts'
import { type KubeObject, resourceName } from '../meta/object.ts'
import type { Work } from '../queue/work.ts'

/** One change of the log, as much of it as dispatch needs. */
export interface DispatchChange {
  /** as in ObjectKey: `deployments.apps` */
  readonly resource: string
  /** undefined: deleted */
  readonly object: KubeObject | undefined
  /** undefined: created; of a deletion, the last state */
  readonly previous: KubeObject | undefined
}

export interface Dispatcher {
  /** Pure: whom a change concerns. A key may come twice; queues fold. Given `onError`, a watch that throws keeps no other from being asked. */
  dispatch(change: DispatchChange, cache: Cache, onError?: (error: unknown) => void): Work[]
  /** every resource that a controller watches */
  readonly resources: readonly Watch['resource'][]
}

export const createDispatcher = (controllers: readonly Controller[]): Dispatcher => {
  const watchers = new Map<string, { controller: string; watch: Watch }[]>()
  const resources = new Map<string, Watch['resource']>()
  for (const { name, watches } of controllers)
    for (const watch of watches) {
      const resource = resourceName(watch.resource.group, watch.resource.resource)
      resources.set(resource, watch.resource)
      watchers.set(resource, [...(watchers.get(resource) ?? []), { controller: name, watch }])
    }
  return {
    resources: [...resources.values()],
    dispatch: ({ resource, object, previous }, cache, onError) => {
      const work: Work[] = []
      for (const { controller, watch } of watchers.get(resource) ?? []) {
        try {
          for (const key of watch.keys(object, previous, cache)) work.push({ controller, key })
        } catch (error) {
          if (!onError) throw error
          onError(error)
        }
      }
      return work
    },
  }
}
