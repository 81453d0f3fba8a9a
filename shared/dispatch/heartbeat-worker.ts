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
    for (const { id, body, sentMs, sender } of messages) {
      const node = nodeOf(body)
      if (node === undefined) log.error('a message is no heartbeat and is dropped', { id })
      else if (!isOwn(node, sender)) log.error('a heartbeat in another name is dropped', { id, node, sender })
      else newest.set(node, Math.max(sentMs, newest.get(node) ?? 0))
    }
    await heartbeats.record(newest)
    return []
  }

/** The role's session that every instance sends by has the name of its node: nobody keeps another one alive. */
const isOwn = (node: string, sender: string | undefined): boolean => {
  const session = sender?.includes(':') ? sender.slice(sender.indexOf(':') + 1) : undefined
  return session === undefined || session === node
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
