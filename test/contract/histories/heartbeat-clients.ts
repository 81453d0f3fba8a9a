import type { Heartbeats } from '../../../shared/storage/heartbeats.ts'
import { StoreUnavailable } from '../../../shared/storage/store.ts'
import type { Random } from '../random.ts'

export interface HeartbeatClientOptions {
  readonly heartbeats: Heartbeats
  /** its heart alone is told of by this client */
  readonly node: string
  readonly random: Random
  readonly beats: number
  /** some are told of late; default true */
  readonly late?: boolean
}

/** Tells of a node's heartbeats, some of them late, and looks on: what is known never goes back, nor behind what was acknowledged. Says what did. */
export const runHeartbeats = async ({
  heartbeats,
  node,
  random,
  beats,
  late = true,
}: HeartbeatClientOptions): Promise<string[]> => {
  const findings: string[] = []
  let acknowledged = 0
  let seen = 0
  for (let beat = 1; beat <= beats; beat++) {
    const atMs = late && random.next() < 0.3 ? Math.max(1, beat - 1 - random.below(5)) : beat
    try {
      await heartbeats.record(new Map([[node, atMs]]))
      acknowledged = Math.max(acknowledged, atMs)
      const known = (await heartbeats.all()).get(node) ?? 0
      if (known < seen) findings.push(`the heart of ${node} went back from ${seen} to ${known}`)
      if (known < acknowledged) findings.push(`the heart of ${node} is at ${known}, after ${acknowledged} was acknowledged`)
      seen = known
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
    }
  }
  return findings
}
