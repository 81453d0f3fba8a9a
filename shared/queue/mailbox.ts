import type { LetterBody } from './mailboxes.ts'

/** A node's own end of its mailbox. Letters come at least once, in any order; they are gone after an hour. */
export interface Mailbox {
  /** Waits until there are letters, for `waitSeconds` at most. undefined: there is no mailbox (yet, or any more). */
  receive(options: { waitSeconds: number; signal: AbortSignal }): Promise<readonly ReceivedLetter[] | undefined>
  /** What is not discarded comes again. */
  discard(letters: readonly ReceivedLetter[]): Promise<void>
}

export interface ReceivedLetter {
  readonly body: LetterBody
  readonly receipt: string
}
