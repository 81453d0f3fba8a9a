/** A queue per node: its agent reads there what to look at. */
export interface Mailboxes {
  /** Makes the node's mailbox, if there is none. */
  ensure(node: string): Promise<void>
  /** Of a node without a mailbox: nothing. */
  remove(node: string): Promise<void>
  /** Letters to a node that has no mailbox (any more) are dropped: an agent lists everything when it starts. */
  deliver(letters: readonly Letter[]): Promise<void>
}

export interface Letter {
  readonly node: string
  readonly body: LetterBody
}

export type LetterBody = ChangeLetter | QuestionLetter

/** Something the API server wants to know of the node. The same id again: only how long it is waited for has changed. */
export interface QuestionLetter {
  readonly question: Question
}

export interface Question {
  /** nobody can guess it */
  readonly id: string
  /** what the answer is encrypted with: base64, 32 bytes */
  readonly key: string
  /** of the kubelet API, with the query */
  readonly path: string
  /** nobody listens any more from then on; milliseconds since the epoch */
  readonly untilMs: number
}

/** An object that changed. */
export interface ChangeLetter {
  /** as in ObjectKey */
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly revision: number
}
