/** A message as a queue handed it out. */
export interface ReceivedMessage {
  readonly id: string
  readonly body: string
}

export interface DatedMessage extends ReceivedMessage {
  /** when the queue took it, in milliseconds since the epoch, by the queue's own clock */
  readonly sentMs: number
  /** who sent it, as the queue knows it: `AROA…:i-0123` for a role's session */
  readonly sender?: string | undefined
}

/**
 * Works on a batch of messages; answers the ids of those that are to be handed out again, as they are. Whose
 * work may take long puts off what is not done within `withinMs` (default: no limit): a process that is ended over it would keep the
 * whole batch hidden.
 */
export type BatchWorker = (messages: readonly ReceivedMessage[], withinMs?: number) => Promise<string[]>
