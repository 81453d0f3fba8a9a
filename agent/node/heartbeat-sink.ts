/** Where a node says that it lives. */
export interface HeartbeatSink {
  /** Rejects when that could not be said. */
  beat(node: string): Promise<void>
  /** how long from now until the next one, that they come so often on the whole */
  delayMs(nowMs: number, everyMs: number): number
}
