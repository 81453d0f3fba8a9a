import type { KubeObject } from '../meta/object.ts'
import { isReason } from '../meta/status.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'
import type { Client, Resource, WatchEvent } from './client.ts'
import type { Informer } from './informer.ts'
import { KnownObjects } from './known-objects.ts'

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

const firstBackoffMs = 100
const longestBackoffMs = 10_000

/** Lists, then watches from there; goes on from the last revision seen after a break, lists again when it has expired. */
export const startInformer = <T extends KubeObject>(options: InformerOptions<T>): Informer<T> => {
  const { client, resource, clock, signal } = options
  const selection = { namespace: options.namespace, labelSelector: options.labelSelector, fieldSelector: options.fieldSelector }
  const log = options.log.child({ resource: resource.resource })
  const objects = new KnownObjects<T>(log)
  const synced = Promise.withResolvers<void>()
  const set = (object: T) => {
    const { uid, resourceVersion } = objects.known(object)?.metadata ?? {}
    if (resourceVersion === undefined || resourceVersion !== object.metadata.resourceVersion || uid !== object.metadata.uid)
      objects.set(object)
  }

  const relist = async (): Promise<string> => {
    const list = await client.list(resource, selection)
    objects.removeMissing(list.items)
    for (const object of list.items) set(object)
    synced.resolve()
    return list.metadata.resourceVersion ?? '0'
  }
  const apply = (event: WatchEvent<T>): string => {
    if (event.type === 'DELETED') {
      const { namespace = '', name } = event.object.metadata
      objects.remove(namespace, name)
    } else if (event.type !== 'BOOKMARK') set(event.object)
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
    get: (namespace, name) => objects.get(namespace, name),
    list: () => objects.list(),
    onChange: (listener) => objects.onChange(listener),
  }
}
