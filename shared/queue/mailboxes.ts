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
  /** of the kubelet API, with the query; of a call, the pod's */
  readonly path: string
  /** to ask a pod of the node in our place */
  readonly call?: PodCall | undefined
  /** nobody listens any more from then on; milliseconds since the epoch */
  readonly untilMs: number
}

/** A request that the agent sends to a pod of its node, whom nobody else can reach. */
export interface PodCall {
  readonly address: { readonly host: string; readonly port: number }
  readonly method: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly tls: CallTls
  /** compressed by gzip, base64 */
  readonly body?: string | undefined
  /** the body lies in the table, in so many parts */
  readonly bodyParts?: number | undefined
}

/** PEM texts; see ReachTls */
interface CallTls {
  readonly authorities?: string | undefined
  readonly serverName: string
  readonly insecure?: boolean | undefined
  readonly client?: { readonly certificate: string; readonly key: string } | undefined
}

/** An object that changed. */
export interface ChangeLetter {
  /** as in ObjectKey */
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly revision: number
}
