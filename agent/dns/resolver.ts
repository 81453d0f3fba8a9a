import { decode, encode, type RecordType } from 'dns-packet'
import type { Logger } from '../../shared/platform/log.ts'
import { answerFromZone } from './answer.ts'
import { encodeResponse, parseQuery, payloadLimit, type Query, type Response, truncatedAnswer } from './message.ts'
import { type DnsRecord, responseCode } from './record.ts'
import type { Upstream } from './upstream.ts'
import type { Zone } from './zone.ts'

/** Answers one message of `source`, an address, as it came from the wire; undefined when nothing is to be said. */
export type Resolve = (message: Buffer, protocol: 'udp' | 'tcp', source: string) => Promise<Buffer | undefined>

const maxMessageSize = 65_535

export const createResolver = ({ zone, upstream, log }: { zone: Zone; upstream: Upstream; log: Logger }): Resolve => {
  let turn = 0

  const followOutside = async (query: Query, response: Response & { follow: string }, source: string): Promise<Response> => {
    const target = response.follow
    try {
      const question = encode({
        type: 'query',
        id: 0,
        flags: 0x100,
        questions: [{ name: target, type: query.type as RecordType }],
      })
      const short = await upstream.ask(question, 'udp', source)
      const isTruncated = (short[2]! & 2) !== 0
      const { answers = [] } = decode(isTruncated ? await upstream.ask(question, 'tcp', source) : short)
      const code = short[3]! & 15 ? responseCode.nameError : response.code
      return { ...response, code, answers: [...response.answers, ...answers.filter(isPlain)] }
    } catch (error) {
      log.debug('alias not resolved', { name: query.name, target, error })
      return { ...response, code: responseCode.serverFailure }
    }
  }

  const resolve = async (query: Query, protocol: 'udp' | 'tcp', source: string): Promise<Buffer> => {
    const limit = protocol === 'udp' ? payloadLimit(query) : maxMessageSize
    const response = answerFromZone({ zone, name: query.name, type: query.type, turn: turn++ })
    if (response?.follow !== undefined) {
      const { follow } = response
      return encodeResponse(query, await followOutside(query, { ...response, follow }, source), limit)
    }
    if (response) return encodeResponse(query, response, limit)
    try {
      const answer = await upstream.ask(query.message, protocol, source)
      // A resolver that says more than was asked for would make us the amplifier of a forged question.
      const fits = protocol === 'tcp' || answer.length <= Math.max(512, query.payloadSize ?? 0)
      return fits ? answer : truncatedAnswer(query)
    } catch (error) {
      log.debug('name not resolved outside', { name: query.name, error })
      return encodeResponse(query, { code: responseCode.serverFailure, authoritative: false, answers: [] }, limit)
    }
  }

  return async (message, protocol, source) => {
    const parsed = parseQuery(message)
    if (parsed === undefined) return undefined
    if ('failure' in parsed) return parsed.failure
    try {
      return await resolve(parsed.query, protocol, source)
    } catch (error) {
      log.error('question not answered', { name: parsed.query.name, type: parsed.query.type, error })
      const failure = { code: responseCode.serverFailure, authoritative: false, answers: [] }
      return encodeResponse(parsed.query, failure, maxMessageSize)
    }
  }
}

const isPlain = (record: { type: string }): record is DnsRecord =>
  ['A', 'AAAA', 'CNAME', 'SRV', 'TXT', 'PTR', 'NS'].includes(record.type)
