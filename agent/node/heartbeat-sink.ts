import type { NodeUsage } from '../../shared/resources/metrics/node-usage.ts'

/** Where a node says that it lives. */
export interface HeartbeatSink {
  /** Rejects when that could not be said. `usage`: where there is news of it; what was said before holds as long as the node lives. */
  beat(node: string, usage?: NodeUsage): Promise<void>
  /** how long from now until the next one, that they come so often on the whole */
  delayMs(nowMs: number, everyMs: number): number
}
