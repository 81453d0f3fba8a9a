/**
 * A queue between functions. Delivery is at least once. A FIFO queue hands out the messages of one `group` one after the other and
 * drops one whose `deduplicationId` it took within the last five minutes; it knows no delay. Throws when a message was not taken:
 * some of the others may have been.
 */
export interface MessageQueue {
  send(messages: readonly OutgoingMessage[]): Promise<void>
}

export interface OutgoingMessage {
  /** JSON */
  readonly body: unknown
  /** FIFO queues only, and always there */
  readonly group?: string | undefined
  readonly deduplicationId?: string | undefined
  /** standard queues only, at most 900 */
  readonly delaySeconds?: number | undefined
}
