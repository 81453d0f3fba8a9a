import type { NodeUsage } from '../resources/metrics/node-usage.ts'

/**
 * When each node was last heard of. Outside the ordered log: heartbeats are the dominant write load of real clusters, and nobody
 * needs their history. A heartbeat of the last second may be lost by a crash. Likewise what each said last of what it uses.
 */
export interface Heartbeats {
  /** by node name, milliseconds since the epoch; those of many nodes at once cost what one does */
  record(beats: ReadonlyMap<string, number>): Promise<void>
  /** by node name, milliseconds since the epoch */
  all(): Promise<Map<string, number>>
  /** and what they use */
  forget(nodes: readonly string[]): Promise<void>
  /** by node name; one that is older than what is known counts for nothing */
  recordUsage(usages: ReadonlyMap<string, NodeUsage>): Promise<void>
  /** by node name; of all nodes, or of those named */
  usages(nodes?: readonly string[]): Promise<Map<string, NodeUsage>>
}
