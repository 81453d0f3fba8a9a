/** Where a node says that it lives. Rejects when that could not be said. */
export interface HeartbeatSink {
  beat(node: string): Promise<void>
}
