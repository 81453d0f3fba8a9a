import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { AnswerPart, AnswerSink } from '../answers/answers.ts'
import { type AskOptions, askNode, newQuestion } from '../answers/ask-node.ts'
import type { PodCall, Question } from '../queue/mailboxes.ts'
import { reasonOf } from './abort-reason.ts'
import { shown } from './dial.ts'
import type { PodAddress } from './pod-address.ts'
import type { Reach, ReachRequest, ReachService } from './reach.ts'
import type { ServiceAddress } from './service-address.ts'

export interface LetterReachOptions extends Pick<AskOptions, 'mailboxes' | 'answers' | 'clock'> {
  readonly addressOf: ServiceAddress
  /** where bodies lie that are too large for a letter */
  readonly bodies: AnswerSink
  /** to what is outside of the cluster */
  readonly direct: Reach
}

/** A letter holds 256 KB, and what the body needs beside it. */
const mostInLetter = 150_000
/** of the table's items, 400 KB */
const partBytes = 256 * 1024
/** About how long a letter and its answer take, each. Each look costs a quarter of a millionth of a dollar. */
const pollMs = 15
/** Whoever calls has a time of his own. */
const firstAnswerMs = 120_000

const zip = promisify(gzip)

/**
 * Calls pods where no connection leads to them: a node that has a ready endpoint is asked by letter, sends the request in our place and
 * answers through the table. Conversations (upgrades) are none.
 */
export const createLetterReach = (options: LetterReachOptions): Reach => ({
  request: async (target, request) => {
    if (!target.service) return options.direct.request(target, request)
    const address = await options.addressOf(target.service)
    if (address.nodeName === undefined) throw new Error(`no node has the address ${shown(address)}`)
    if (request.signal.aborted) throw reasonOf(request.signal)
    const question = { ...newQuestion(), path: request.path }
    const call = await callOf({ question, address, service: target.service, request }, options)
    const asked = { node: address.nodeName, question: { ...question, call }, signal: request.signal }
    const parts = askNode(asked, { ...options, pollMs, firstAnswerMs })
    const first = await parts.next()
    if (first.done) {
      if (request.signal.aborted) throw reasonOf(request.signal)
      throw new Error(`dial tcp ${shown(address)}: i/o timeout`)
    }
    const { status = 502, headers = {}, cookies } = first.value
    const body = Readable.from(bytesOf(first.value, parts, request.signal), { objectMode: false })
    // The agent hears of it, though nobody may have begun to read.
    body.once('close', () => void parts.return(undefined))
    return { status, headers, cookies, body }
  },
})

interface CallOf {
  readonly question: Pick<Question, 'id' | 'key' | 'path'>
  readonly address: PodAddress
  readonly service: ReachService
  readonly request: ReachRequest
}

const callOf = async ({ question, address, service, request }: CallOf, { bodies }: LetterReachOptions): Promise<PodCall> => {
  const { method, tls, headers } = request
  const host = shown({ host: tls.serverName, port: service.port })
  const body = request.body instanceof Readable ? await buffer(request.body) : request.body
  const call = { address: { host: address.host, port: address.port }, method, tls, headers: { host, ...headers } }
  if (body === undefined || body.byteLength === 0) return call
  const packed = (await zip(body, { level: 1 })).toString('base64')
  if (packed.length <= mostInLetter) return { ...call, body: packed }
  const pieces: Uint8Array[] = []
  for (let start = 0; start < body.byteLength; start += partBytes) pieces.push(body.subarray(start, start + partBytes))
  const put = (data: Uint8Array, number: number) =>
    bodies.put({ ...question, untilMs: 0 }, number, { data, last: number === pieces.length - 1 })
  await Promise.all(pieces.map(put))
  return { ...call, bodyParts: pieces.length }
}

async function* bytesOf(first: AnswerPart, more: AsyncGenerator<AnswerPart>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (first.data.length > 0) yield first.data
  let { last } = first
  for await (const part of more) {
    last = part.last
    if (part.data.length > 0) yield part.data
  }
  if (!last) throw signal.aborted ? reasonOf(signal) : new Error('unexpected EOF')
}
