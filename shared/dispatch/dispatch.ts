import type { Cache } from '../client/cache.ts'
import type { Controller, Watch } from '../controllers/controller.ts'
import { customResourceNamed, customResources } from '../controllers/custom-resources.ts'
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
  /** every resource that a controller watches, custom ones as far as the cache knows them */
  resources(cache: Cache): readonly Watch['resource'][]
}

interface Asker {
  readonly controller: string
  readonly keys: () => readonly string[]
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
  const ofCustom = controllers.filter(({ watchesCustom }) => watchesCustom)
  const askersOf = ({ resource: name, object, previous }: DispatchChange, cache: Cache): Asker[] => {
    const watching = watchers.get(name)
    if (watching) {
      return watching.map(({ controller, watch }) => ({ controller, keys: () => watch.keys(object, previous, cache) }))
    }
    // Groups of definitions have names with a dot.
    const resource = ofCustom.length > 0 && name.includes('.') ? customResourceNamed(cache, name) : undefined
    if (!resource) return []
    return ofCustom.map(({ name: controller, watchesCustom }) => ({
      controller,
      keys: () => watchesCustom!(resource, { object, previous }, cache),
    }))
  }
  return {
    resources: (cache) => [...resources.values(), ...(ofCustom.length > 0 ? customResources(cache) : [])],
    dispatch: (change, cache, onError) => {
      const work: Work[] = []
      const ask = (run: () => void) => {
        try {
          run()
        } catch (error) {
          if (!onError) throw error
          onError(error)
        }
      }
      ask(() => {
        for (const { controller, keys } of askersOf(change, cache)) {
          ask(() => {
            for (const key of keys()) work.push({ controller, key })
          })
        }
      })
      return work
    },
  }
}
