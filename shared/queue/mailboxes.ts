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

/** An object that changed. */
export interface LetterBody {
  /** as in ObjectKey */
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly revision: number
}
