import type { Cache } from '../client/cache.ts'
import type { Client, Resource } from '../client/client.ts'
import { type Controller, eventComponentOf, NotYet, type ReconcileContext } from '../controllers/controller.ts'
import type { EventSink } from '../controllers/event/event-recorder.ts'
import type { Clock } from '../platform/clock.ts'
import { type Deadline, OutOfTime, openDeadline } from '../platform/deadline.ts'
import type { Logger } from '../platform/log.ts'
import { groupOf, parseWork, type WorkMessage } from '../queue/work.ts'
import type { WorkQueues } from '../queue/work-queues.ts'
import { whenLoaded } from '../storage/when-loaded.ts'
import type { BatchWorker, ReceivedMessage } from './batch-worker.ts'
import { reportPoison } from './poison.ts'

export interface ReconcileWorkerOptions {
  readonly controllers: readonly Controller[]
  readonly cache: Cache
  readonly client: Client
  readonly events: EventSink
  readonly queues: WorkQueues
  /** lists these at once, in a process that would else list them one by one as it is asked for them */
  readonly preload?: ((resources: readonly Resource[]) => Promise<void>) | undefined
  readonly clock: Clock
  readonly log: Logger
  /** then work is given up until the next resync; default 12, which is after about half an hour */
  readonly maxFailures?: number | undefined
  readonly backOff?: { readonly firstMs: number; readonly maxMs: number } | undefined
}

/** Brings the keys of a batch to their desired state, all at once; a key that fails never holds up another, nor its own next change. */
export const createReconcileWorker = (options: ReconcileWorkerOptions): BatchWorker => {
  const { cache, client, events, queues, clock, log } = options
  const { preload = async () => undefined, maxFailures = 12, backOff = { firstMs: 500, maxMs: 300_000 } } = options
  const controllers = new Map(
    options.controllers.map((controller) => {
      const context: ReconcileContext = {
        client,
        cache,
        clock,
        log: log.child({ controller: controller.name }),
        events: events.recorder(eventComponentOf(controller)),
      }
      return [controller.name, { controller, context }] as const
    }),
  )

  const failed = async (work: WorkMessage, error: unknown): Promise<void> => {
    const failures = (work.failures ?? 0) + 1
    if (failures >= maxFailures && error instanceof NotYet) return
    if (failures >= maxFailures) {
      log.error('gave work up', { ...work, failures, error })
      await queues.bury({ ...work, failures }, error instanceof Error ? error.message : String(error))
      await reportPoison(work, error, options)
      return
    }
    const delayMs = Math.min(backOff.firstMs * 2 ** (failures - 1), backOff.maxMs)
    // The first few are the ordinary conflicts of optimistic writers.
    const level = failures <= 4 || error instanceof NotYet ? 'debug' : 'warn'
    log[level]('work failed, will retry', { ...work, failures, retryInMs: delayMs, error })
    await queues.sendLater({ ...work, failures }, delayMs)
  }

  const workOn = async (work: WorkMessage, deadline: Deadline): Promise<void> => {
    const found = controllers.get(work.controller)
    if (!found) return queues.bury(work, `there is no controller "${work.controller}" here`)
    try {
      const reconciling = whenLoaded(cache, () => found.controller.reconcile(work.key, found.context))
      const result = await deadline.meet(reconciling)
      if (result?.requeueAfter !== undefined) {
        const { requeueAfter, exact } = result
        await queues.sendLater({ controller: work.controller, key: work.key }, requeueAfter, { exact })
      }
    } catch (error) {
      await failed(work, error)
    }
  }

  const workOnGroup = async (messages: readonly ParsedMessage[], deadline: Deadline): Promise<string[]> => {
    // One run sees what all of them were sent for.
    const work = messages.map((message) => message.work).reduce((a, b) => ((a.failures ?? 0) > (b.failures ?? 0) ? a : b))
    try {
      await workOn(work, deadline)
      return []
    } catch (error) {
      log.error('could not put work off, the queue will hand it out again', { ...work, error })
      return messages.map(({ id }) => id)
    }
  }

  const preloadFor = async (messages: readonly ParsedMessage[]): Promise<void> => {
    const names = new Set(messages.map(({ work }) => work.controller))
    const wanted = [...names].map((name) => controllers.get(name)?.controller.watches ?? [])
    // Who watches everything needs little of it for one key.
    const resources = wanted
      .filter(({ length }) => length <= mostPreloaded)
      .flatMap((watches) => watches.map(({ resource }) => resource))
    if (resources.length > 0) await preload(resources)
  }

  return async (messages, withinMs = Number.POSITIVE_INFINITY) => {
    const parsed = messages.map(parse)
    const bad = parsed.filter((message) => message.work === undefined)
    for (const { id } of bad) log.error('a message is no work and is left to the dead letters', { id })
    const deadline = openDeadline(withinMs)
    try {
      // Without it each is slower, which is for each to say.
      await deadline.meet(preloadFor(parsed.filter(isWork))).catch((error: unknown) => {
        if (!(error instanceof OutOfTime)) throw error
      })
      const groups = Map.groupBy(parsed.filter(isWork), ({ work }) => groupOf(work))
      const again = await Promise.all([...groups.values()].map((group) => workOnGroup(group, deadline)))
      await events.flush()
      return [...again.flat(), ...bad.map(({ id }) => id)]
    } finally {
      deadline.close()
    }
  }
}

/** resources of one controller */
const mostPreloaded = 6

interface ParsedMessage {
  readonly id: string
  readonly work: WorkMessage
}

const parse = ({ id, body }: ReceivedMessage) => ({ id, work: parseWork(body) })
const isWork = (message: { id: string; work: WorkMessage | undefined }): message is ParsedMessage => message.work !== undefined
