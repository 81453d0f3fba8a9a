import { randomBytes } from 'node:crypto'
import type { Clock } from '../platform/clock.ts'
import { OutOfTime } from '../platform/deadline.ts'
import type { Mailboxes, Question } from '../queue/mailboxes.ts'
import type { AnswerPart, AnswerSource } from './answers.ts'

export interface AskOptions {
  readonly mailboxes: Pick<Mailboxes, 'deliver'>
  readonly answers: AnswerSource
  readonly clock: Clock
  /** An answer without a byte for so long breaks off: what stands between would end it as if it were whole. Default: never. */
  readonly quietMs?: number | undefined
  /** default 20 s */
  readonly firstAnswerMs?: number | undefined
  /** how soon it is looked for the answer, at first and while something comes */
  readonly pollMs: number
}

export interface Asked {
  readonly node: string
  readonly question: Omit<Question, 'untilMs'>
  readonly signal: AbortSignal
}

/** An agent that got no letter for so long takes it that nobody listens. */
const leaseMs = 90_000
/** An agent says something every 30 s though there is nothing to say. */
const silentMs = 100_000
/** A letter whose delivery broke off stays hidden for longer; one that comes again is the same question. */
const askAgainMs = 5000
const longestPollMs = 1000

/** What nobody can guess. */
export const newQuestion = (): Pick<Question, 'id' | 'key'> => ({
  id: randomBytes(18).toString('base64url'),
  key: randomBytes(32).toString('base64'),
})

/** What the agent said instead of an answer, or of its rest. */
export class AnswerFailed extends Error {
  override readonly name = 'AnswerFailed'
}

/**
 * Asks a node's agent by its mailbox, and takes the parts of its answer as they come. Ends early when the client has gone, and before the
 * first part when there is none in time; whoever ends it before the last part lets the agent know. Throws AnswerFailed when the answer
 * breaks off, and when the time that a request has is over (the signal's reason is `OutOfTime`).
 */
export async function* askNode({ node, question, signal }: Asked, options: AskOptions): AsyncGenerator<AnswerPart> {
  const { mailboxes, answers, clock, quietMs = Number.POSITIVE_INFINITY, firstAnswerMs = 20_000 } = options
  const tell = (untilMs: number) => mailboxes.deliver([{ node, body: { question: { ...question, untilMs } } }])
  const askedMs = clock.now()
  await tell(askedMs + leaseMs)
  let number = 0
  let pollMs = options.pollMs
  let renewedMs = askedMs
  let heardMs = askedMs
  let saidMs = askedMs
  let ended = false
  try {
    while (!signal.aborted) {
      await clock.sleep(pollMs, signal)
      const parts = signal.aborted ? [] : await answers.read({ ...question, untilMs: 0 }, number)
      number += parts.length
      if (parts.length > 0) heardMs = clock.now()
      for (const part of parts) {
        ended = part.last
        if (part.failed) throw new AnswerFailed(Buffer.from(part.data).toString())
        yield part
        if (part.data.length > 0) saidMs = clock.now()
        if (part.last) return
      }
      if (number === 0 && clock.now() - askedMs > firstAnswerMs) return
      if (clock.now() - heardMs > Math.max(silentMs, firstAnswerMs))
        throw new Error(`the agent of node ${node} says no more since ${silentMs / 1000} s`)
      if (number > 0 && clock.now() - saidMs > quietMs)
        throw new OutOfTime(
          `the container wrote nothing for ${quietMs / 1000} s, and an answer can't stay silent for longer: ask again`,
        )
      pollMs = parts.length > 0 ? options.pollMs : Math.min(pollMs * 1.3, longestPollMs)
      if (clock.now() - renewedMs < (number === 0 ? askAgainMs : leaseMs / 2)) continue
      renewedMs = clock.now()
      await tell(clock.now() + leaseMs)
    }
    if (signal.reason instanceof OutOfTime) throw signal.reason
  } finally {
    // Nobody waits for whether it hears of it: its lease ends too.
    if (!ended) await tell(0).catch(() => undefined)
  }
}
