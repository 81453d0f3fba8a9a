import type { Logger } from '../platform/log.ts'
import type { Heartbeats } from '../storage/heartbeats.ts'
import type { BatchWorker } from './batch-worker.ts'

/** Messages are `{ "node": name, "atMs": milliseconds since the epoch }`; the newest of each node counts. */
export const createHeartbeatWorker =
  ({ heartbeats, log }: { heartbeats: Heartbeats; log: Logger }): BatchWorker =>
  async (messages) => {
    const newest = new Map<string, number>()
    for (const { id, body } of messages) {
      const beat = parse(body)
      if (beat) newest.set(beat.node, Math.max(beat.atMs, newest.get(beat.node) ?? 0))
      else log.error('a message is no heartbeat and is dropped', { id })
    }
    await heartbeats.record(newest)
    return []
  }

const parse = (body: string): { node: string; atMs: number } | undefined => {
  try {
    const { node, atMs } = JSON.parse(body) as { node?: unknown; atMs?: unknown }
    return typeof node === 'string' && typeof atMs === 'number' && Number.isFinite(atMs) ? { node, atMs } : undefined
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}
