import { dns1123Subdomain } from '../meta/names.ts'
import type { Logger } from '../platform/log.ts'
import { measuredAt, type NodeUsage, readNodeUsage } from '../resources/metrics/node-usage.ts'
import type { Heartbeats } from '../storage/heartbeats.ts'
import type { DatedMessage } from './batch-worker.ts'

export interface HeartbeatWorkerOptions {
  readonly heartbeats: Pick<Heartbeats, 'record' | 'recordUsage'>
  readonly log: Logger
}

/**
 * Messages are `{ "node": name }`, with what it uses where there is news of it, and a node was heard of when the queue took its newest: by its own clock one that is behind
 * would be dead, and one that is ahead never.
 */
export const createHeartbeatWorker =
  ({ heartbeats, log }: HeartbeatWorkerOptions) =>
  async (messages: readonly DatedMessage[]): Promise<string[]> => {
    const newest = new Map<string, number>()
    const usages = new Map<string, NodeUsage>()
    for (const { id, body, sentMs, sender } of messages) {
      const { node, usage } = beatOf(body) ?? {}
      if (node === undefined) log.error('a message is no heartbeat and is dropped', { id })
      else if (!isOwn(node, sender)) log.error('a heartbeat in another name is dropped', { id, node, sender })
      else {
        newest.set(node, Math.max(sentMs, newest.get(node) ?? 0))
        if (usage && sentMs > (usages.get(node)?.atMs ?? 0)) usages.set(node, measuredAt(usage, sentMs))
      }
    }
    await heartbeats.record(newest)
    if (usages.size > 0) await heartbeats.recordUsage(usages)
    return []
  }

/** The role's session that every instance sends by has the name of its node: nobody keeps another one alive. */
const isOwn = (node: string, sender: string | undefined): boolean => {
  const session = sender?.includes(':') ? sender.slice(sender.indexOf(':') + 1) : undefined
  return session === undefined || session === node
}

/** All that are in a batch are written at once: one that can't be would take the others with it. */
const beatOf = (body: string): { node: string; usage: NodeUsage | undefined } | undefined => {
  try {
    const { node, usage } = JSON.parse(body) as { node?: unknown; usage?: unknown }
    if (typeof node !== 'string' || dns1123Subdomain(node).length > 0) return undefined
    return { node, usage: readNodeUsage(usage) }
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}
