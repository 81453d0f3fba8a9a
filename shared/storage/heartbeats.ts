/**
 * When each node was last heard of. Outside the ordered log: heartbeats are the dominant write load of real clusters, and nobody
 * needs their history. A heartbeat of the last second may be lost by a crash.
 */
export interface Heartbeats {
  record(node: string, atMs: number): Promise<void>
  /** by node name, milliseconds since the epoch */
  all(): Promise<Map<string, number>>
  forget(node: string): Promise<void>
}
