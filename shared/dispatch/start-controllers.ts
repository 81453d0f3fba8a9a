import type { Cache } from '../client/cache.ts'
import type { Client, Resource } from '../client/client.ts'
import { type Controller, eventComponentOf } from '../controllers/controller.ts'
import type { EventSink } from '../controllers/event/event-recorder.ts'
import { type KubeObject, resourceName } from '../meta/object.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'
import { createInProcessQueue, type InProcessQueue } from '../queue/in-process.ts'
import type { LogTail, TailChange } from '../storage/log-tail.ts'
import { CacheNotLoaded } from '../storage/store-cache.ts'
import { whenLoaded } from '../storage/when-loaded.ts'
import { createDispatcher, type DispatchChange } from './dispatch.ts'

export interface StartControllersOptions {
  readonly tail: Pick<LogTail, 'listen'>
  readonly cache: Cache
  readonly client: Client
  readonly controllers: readonly Controller[]
  /** each controller's Events come from `<name>-controller` */
  readonly events: EventSink
  readonly clock: Clock
  readonly log: Logger
  /** how many keys each controller works on at once; default 8 */
  readonly concurrency?: number
  /** every object is looked at again within this time, spread over it; default 5 min */
  readonly resyncMs?: number
  readonly random?: () => number
}

export interface RunningControllers {
  /** Resolves when no key waits or is being worked on. */
  idle(): Promise<void>
  /** Resolves when the work under way is done. */
  stop(): Promise<void>
}

/** Runs controllers in this process: every object once at the start, then what the log's tail says. */
export const startControllers = async (options: StartControllersOptions): Promise<RunningControllers> => {
  const { tail, cache, client, controllers, events, clock, log, concurrency = 8 } = options
  const { resyncMs = 300_000, random = Math.random } = options
  const dispatcher = createDispatcher(controllers)
  const queues = new Map<string, InProcessQueue<string>>()
  for (const controller of controllers) {
    const ownLog = log.child({ controller: controller.name })
    const context = { client, cache, clock, log: ownLog, events: events.recorder(eventComponentOf(controller)) }
    const work = (key: string) => whenLoaded(cache, () => controller.reconcile(key, context))
    queues.set(controller.name, createInProcessQueue({ work, clock, log: ownLog, concurrency }))
  }

  const enqueue = (change: DispatchChange, delayMs: () => number) => {
    let missing = false
    // What could not be told is found by the resync.
    const onError = (error: unknown) => {
      if (error instanceof CacheNotLoaded) missing = true
      else log.error('could not dispatch a change', { resource: change.resource, error })
    }
    for (const { controller, key } of dispatcher.dispatch(change, cache, onError))
      queues.get(controller)?.addAfter(key, delayMs())
    // A kind that is new is listed by the next sync.
    if (missing) afterSync(() => enqueue(change, delayMs))
  }
  const afterSync = (run: () => void) =>
    void cache.sync().then(run, (error: unknown) => log.error('could not list what controllers look at', { error }))
  const now = () => 0
  const listed = (resource: Resource, delayMs: () => number): KubeObject[] => {
    try {
      return cache.list(resource)
    } catch (error) {
      if (!(error instanceof CacheNotLoaded)) throw error
      const name = resourceName(resource.group, resource.resource)
      afterSync(() => {
        for (const object of cache.list(resource)) enqueue({ resource: name, object, previous: undefined }, delayMs)
      })
      return []
    }
  }
  const enqueueAll = (delayMs: () => number) => {
    for (const resource of dispatcher.resources(cache)) {
      const name = resourceName(resource.group, resource.resource)
      for (const object of listed(resource, delayMs)) enqueue({ resource: name, object, previous: undefined }, delayMs)
    }
    for (const { name, initialKeys = [] } of controllers)
      for (const key of initialKeys) queues.get(name)?.addAfter(key, delayMs())
  }

  await cache.sync()
  const unlisten = tail.listen({
    changes: (changes) => {
      for (const change of changes) enqueue(asDispatchChange(change), now)
    },
    reset: () => {
      void cache.sync().then(
        () => enqueueAll(now),
        (error: unknown) => log.error('could not list after the log was lost', { error }),
      )
    },
  })
  enqueueAll(now)

  const stopping = new AbortController()
  const resync = async () => {
    for (;;) {
      await clock.sleep(resyncMs, stopping.signal)
      if (stopping.signal.aborted) return
      enqueueAll(() => random() * resyncMs)
    }
  }
  void resync()

  const all = [...queues.values()]
  return {
    idle: async () => {
      await Promise.all(all.map((queue) => queue.idle()))
    },
    stop: async () => {
      stopping.abort()
      unlisten()
      await Promise.all(all.map((queue) => queue.stop()))
    },
  }
}

const asDispatchChange = (change: TailChange): DispatchChange =>
  change.type === 'deleted'
    ? { resource: change.key.resource, object: undefined, previous: change.object }
    : { resource: change.key.resource, object: change.object, previous: change.previousObject }
