import type { Logger } from '../platform/log.ts'
import { parseTimedWork } from '../queue/work.ts'
import type { WorkQueues } from '../queue/work-queues.ts'
import type { BatchWorker } from './batch-worker.ts'

/** Sends on what is due; what is not waits on. */
export const createTimerWorker =
  ({ queues, log }: { queues: WorkQueues; log: Logger }): BatchWorker =>
  async (messages) => {
    const parsed = messages.map(({ id, body }) => ({ id, work: parseTimedWork(body) }))
    const bad = parsed.filter(({ work }) => work === undefined).map(({ id }) => id)
    for (const id of bad) log.error('a message is no timed work and is left to the dead letters', { id })
    await queues.fire(parsed.flatMap(({ work }) => work ?? []))
    return bad
  }
