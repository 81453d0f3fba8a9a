/**
 * When each node was last heard of. Outside the ordered log: heartbeats are the dominant write load of real clusters, and nobody
 * needs their history. A heartbeat of the last second may be lost by a crash.
 */
export interface Heartbeats {
  /** by node name, milliseconds since the epoch; those of many nodes at once cost what one does */
  record(beats: ReadonlyMap<string, number>): Promise<void>
  /** by node name, milliseconds since the epoch */
  all(): Promise<Map<string, number>>
  forget(nodes: readonly string[]): Promise<void>
}
