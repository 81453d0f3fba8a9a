import { dns1123Subdomain } from '../meta/names.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'
import type { Heartbeats } from '../storage/heartbeats.ts'
import type { BatchWorker } from './batch-worker.ts'

export interface HeartbeatWorkerOptions {
  readonly heartbeats: Heartbeats
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Messages are `{ "node": name, "atMs": milliseconds since the epoch }`; the newest of each node counts, as if it came now when its
 * node's clock is ahead: such a one would keep the node alive when it is dead.
 */
export const createHeartbeatWorker =
  ({ heartbeats, clock, log }: HeartbeatWorkerOptions): BatchWorker =>
  async (messages) => {
    const now = clock.now()
    const newest = new Map<string, number>()
    for (const { id, body } of messages) {
      const beat = parse(body)
      if (beat) newest.set(beat.node, Math.max(Math.min(beat.atMs, now), newest.get(beat.node) ?? 0))
      else log.error('a message is no heartbeat and is dropped', { id })
    }
    await heartbeats.record(newest)
    return []
  }

/** All that are in a batch are written at once: one that can't be would take the others with it. */
const parse = (body: string): { node: string; atMs: number } | undefined => {
  try {
    const { node, atMs } = JSON.parse(body) as { node?: unknown; atMs?: unknown }
    if (typeof node !== 'string' || dns1123Subdomain(node).length > 0) return undefined
    return typeof atMs === 'number' && Number.isFinite(atMs) ? { node, atMs } : undefined
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}
