import type { KubeObject } from '../meta/object.ts'
import { isReason } from '../meta/status.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'
import type { Client, Resource, WatchEvent } from './client.ts'
import type { Informer } from './informer.ts'

export interface InformerOptions<T extends KubeObject> {
  readonly client: Client
  readonly resource: Resource<T>
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

type Listener<T> = (object: T | undefined, previous: T | undefined) => void

const firstBackoffMs = 100
const longestBackoffMs = 10_000

/** Lists, then watches from there; goes on from the last revision seen after a break, lists again when it has expired. */
export const startInformer = <T extends KubeObject>(options: InformerOptions<T>): Informer<T> => {
  const { client, resource, clock, signal } = options
  const selection = { namespace: options.namespace, labelSelector: options.labelSelector, fieldSelector: options.fieldSelector }
  const log = options.log.child({ resource: resource.resource })
  const objects = new Map<string, T>()
  const listeners = new Set<Listener<T>>()
  const synced = Promise.withResolvers<void>()
  const keyOf = (object: KubeObject) => `${object.metadata.namespace ?? ''}/${object.metadata.name}`

  const tell = (object: T | undefined, previous: T | undefined) => {
    for (const listener of listeners) {
      try {
        listener(object, previous)
      } catch (error) {
        log.error('informer listener failed', { error })
      }
    }
  }
  const set = (object: T) => {
    const key = keyOf(object)
    const previous = objects.get(key)
    if (previous?.metadata.resourceVersion === object.metadata.resourceVersion && previous?.metadata.uid === object.metadata.uid)
      return
    objects.set(key, object)
    tell(object, previous)
  }
  const remove = (key: string) => {
    const previous = objects.get(key)
    if (previous && objects.delete(key)) tell(undefined, previous)
  }

  const relist = async (): Promise<string> => {
    const list = await client.list(resource, selection)
    const present = new Set(list.items.map(keyOf))
    for (const key of [...objects.keys()]) if (!present.has(key)) remove(key)
    for (const object of list.items) set(object)
    synced.resolve()
    return list.metadata.resourceVersion ?? '0'
  }
  const apply = (event: WatchEvent<T>): string => {
    if (event.type === 'DELETED') remove(keyOf(event.object))
    else if (event.type !== 'BOOKMARK') set(event.object)
    return event.object.metadata.resourceVersion ?? ''
  }

  const run = async () => {
    let position: string | undefined
    let backoffMs = firstBackoffMs
    while (!signal.aborted) {
      try {
        position ??= await relist()
        for await (const event of client.watch(resource, {
          ...selection,
          resourceVersion: position,
          allowWatchBookmarks: true,
          signal,
        })) {
          position = apply(event) || position
          backoffMs = firstBackoffMs
        }
        // Servers end watches by design; one that ends them at once must not be asked in a tight loop.
        await clock.sleep(firstBackoffMs, signal)
      } catch (error) {
        if (signal.aborted) return
        if (isReason(error, 'Expired', 'Gone')) {
          position = undefined
          continue
        }
        log.warn('watch broke, trying again', { error: error instanceof Error ? error.message : String(error), backoffMs })
        await clock.sleep(backoffMs, signal)
        backoffMs = Math.min(backoffMs * 2, longestBackoffMs)
      }
    }
  }
  void run()

  return {
    synced: synced.promise,
    get: (namespace, name) => objects.get(`${namespace}/${name}`),
    list: () => [...objects.values()],
    onChange: (listener) => {
      listeners.add(listener)
      for (const object of objects.values()) listener(object, undefined)
      return () => listeners.delete(listener)
    },
  }
}
