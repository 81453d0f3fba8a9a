import type { Question } from '../queue/mailboxes.ts'

/** How a node's agent, whom nobody can connect to, answers a question that came by its mailbox: in numbered parts. */
export interface AnswerSink {
  /** Numbers begin with 0. The same part twice does no harm. A throw leaves open whether it is there. */
  put(question: Question, number: number, part: AnswerPart): Promise<void>
}

export interface AnswerSource {
  /** The parts from `first` on that are there, in order and without a gap. Cheap when there are none. */
  read(question: Question, first: number): Promise<readonly AnswerPart[]>
}

export interface AnswerPart {
  /** HTTP status of the answer, on the first part */
  readonly status?: number | undefined
  /** of an answer that passes on what a pod answered; on the first part */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** values of Set-Cookie; on the first part */
  readonly cookies?: readonly string[] | undefined
  readonly data: Uint8Array
  /** there is no further one */
  readonly last: boolean
  /** the answer broke off: `data` says why, in words, and is the last */
  readonly failed?: true
}
