import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../shared/client/client.ts'
import { isReady } from '../shared/controllers/node-lifecycle/health.ts'
import { nodes } from '../shared/resources/resource.ts'
import type { Heartbeats } from '../shared/storage/heartbeats.ts'
import type { Progress } from './progress.ts'

/** What the store says of a node may be of an earlier start: it counts once the node was heard of since, or its agent never ended. */
export const nodesReady = async (options: {
  heartbeats: Heartbeats
  client: Client
  wanted: number
  alive: ReadonlySet<string>
  sinceMs: number
  progress: Progress
  /** gives it up, with its reason */
  signal: AbortSignal
}) => {
  const { heartbeats, client, wanted, alive, sinceMs, progress, signal } = options
  const ready = new Set<string>()
  while (ready.size < wanted) {
    signal.throwIfAborted()
    const heard = await heartbeats.all()
    for (const node of (await client.list(nodes)).items) {
      const { name } = node.metadata
      const isAlive = alive.has(name) || (heard.get(name) ?? 0) >= sinceMs
      if (ready.has(name) || !isReady(node) || !isAlive) continue
      ready.add(name)
      if (wanted <= 5) progress.done(`node ${name} is Ready`)
    }
    // A list of thousands takes its time.
    await sleep(wanted <= 100 ? 25 : 500)
  }
  if (wanted > 5) progress.done(`${wanted} nodes are Ready`)
}
