/** A message as a queue handed it out. */
export interface ReceivedMessage {
  readonly id: string
  readonly body: string
}

/** Works on a batch of messages; answers the ids of those that are to be handed out again, as they are. */
export type BatchWorker = (messages: readonly ReceivedMessage[]) => Promise<string[]>
