import { dns1123Subdomain } from '../meta/names.ts'
import type { Logger } from '../platform/log.ts'
import type { Heartbeats } from '../storage/heartbeats.ts'
import type { DatedMessage } from './batch-worker.ts'

export interface HeartbeatWorkerOptions {
  readonly heartbeats: Heartbeats
  readonly log: Logger
}

/**
 * Messages are `{ "node": name }`, and a node was heard of when the queue took its newest: by its own clock one that is behind
 * would be dead, and one that is ahead never.
 */
export const createHeartbeatWorker =
  ({ heartbeats, log }: HeartbeatWorkerOptions) =>
  async (messages: readonly DatedMessage[]): Promise<string[]> => {
    const newest = new Map<string, number>()
    for (const { id, body, sentMs } of messages) {
      const node = nodeOf(body)
      if (node !== undefined) newest.set(node, Math.max(sentMs, newest.get(node) ?? 0))
      else log.error('a message is no heartbeat and is dropped', { id })
    }
    await heartbeats.record(newest)
    return []
  }

/** All that are in a batch are written at once: one that can't be would take the others with it. */
const nodeOf = (body: string): string | undefined => {
  try {
    const { node } = JSON.parse(body) as { node?: unknown }
    return typeof node === 'string' && dns1123Subdomain(node).length === 0 ? node : undefined
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}
