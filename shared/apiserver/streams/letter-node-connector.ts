import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type { AnswerPart, AnswerSource } from '../../answers/answers.ts'
import type { Clock } from '../../platform/clock.ts'
import { OutOfTime } from '../../platform/deadline.ts'
import type { Mailboxes, Question } from '../../queue/mailboxes.ts'
import type { NodeConnector } from './node-connector.ts'

export interface LetterNodeConnectorOptions {
  readonly mailboxes: Pick<Mailboxes, 'deliver'>
  readonly answers: AnswerSource
  readonly clock: Clock
  /** An answer without a byte for so long breaks off: what stands between would end it as if it were whole. Default: never. */
  readonly quietMs?: number | undefined
}

/** An agent that got no letter for so long takes it that nobody listens. */
const leaseMs = 90_000
const firstAnswerMs = 20_000
/** An agent says something every 30 s though there is nothing to say. */
const silentMs = 100_000
/** A letter whose delivery broke off stays hidden for longer; one that comes again is the same question. */
const askAgainMs = 5000
const shortestPollMs = 80
const longestPollMs = 1000

/** Asks agents by their mailboxes, where no connection leads to them, and reads what they answer as it comes. */
export const createLetterNodeConnector = (options: LetterNodeConnectorOptions): Pick<NodeConnector, 'request'> => {
  const { mailboxes, clock } = options
  return {
    request: async (node, { path, signal }) => {
      const question = { id: randomBytes(18).toString('base64url'), key: randomBytes(32).toString('base64'), path }
      const tell = (untilMs: number) => mailboxes.deliver([{ node: node.name, body: { question: { ...question, untilMs } } }])
      const askedMs = clock.now()
      await tell(askedMs + leaseMs)
      const renew = () => tell(clock.now() + leaseMs)
      const parts = partsOf({ ...question, untilMs: 0 }, { ...options, signal, renew, node: node.name })
      const first = await parts.next()
      if (first.done) throw new Error(`the agent of node ${node.name} did not answer within ${firstAnswerMs / 1000} s`)
      const { status = 200 } = first.value
      return {
        status,
        headers: {},
        body: Readable.from(
          bytesOf(first.value, parts, () => tell(0)),
          { objectMode: false },
        ),
      }
    },
  }
}

interface PartsOptions extends LetterNodeConnectorOptions {
  readonly signal: AbortSignal
  readonly renew: () => Promise<void>
  readonly node: string
}

/**
 * Ends early when the client has gone, and before the first when there is none in time. Throws when the answer breaks off, and when the
 * time that a request has is over (the signal's reason is `OutOfTime`).
 */
async function* partsOf(question: Question, options: PartsOptions): AsyncGenerator<AnswerPart> {
  const { answers, clock, signal, renew, node, quietMs = Number.POSITIVE_INFINITY } = options
  let number = 0
  let pollMs = shortestPollMs
  const askedMs = clock.now()
  let renewedMs = askedMs
  let heardMs = askedMs
  let saidMs = askedMs
  while (!signal.aborted) {
    await clock.sleep(pollMs, signal)
    const parts = signal.aborted ? [] : await answers.read(question, number)
    number += parts.length
    if (parts.length > 0) heardMs = clock.now()
    for (const part of parts) {
      if (part.failed) throw new Error(`the agent of node ${node} could not go on: ${Buffer.from(part.data).toString()}`)
      yield part
      if (part.data.length > 0) saidMs = clock.now()
      if (part.last) return
    }
    if (number === 0 && clock.now() - askedMs > firstAnswerMs) return
    if (clock.now() - heardMs > silentMs) throw new Error(`the agent of node ${node} says no more since ${silentMs / 1000} s`)
    if (number > 0 && clock.now() - saidMs > quietMs)
      throw new OutOfTime(
        `the container wrote nothing for ${quietMs / 1000} s, and an answer can't stay silent for longer: ask again`,
      )
    pollMs = parts.length > 0 ? shortestPollMs : Math.min(pollMs * 1.3, longestPollMs)
    if (clock.now() - renewedMs < (number === 0 ? askAgainMs : leaseMs / 2)) continue
    renewedMs = clock.now()
    await renew()
  }
  if (signal.reason instanceof OutOfTime) throw signal.reason
}

async function* bytesOf(
  first: AnswerPart,
  more: AsyncGenerator<AnswerPart>,
  cancel: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let ended = first.last
  try {
    if (first.data.length > 0) yield first.data
    if (ended) return
    for await (const { data, last } of more) {
      ended = last
      if (data.length > 0) yield data
    }
  } finally {
    if (!ended) await cancel()
  }
}
