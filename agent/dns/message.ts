import { type Answer, decode, encode, type SoaAnswer } from 'dns-packet'
import type { DnsRecord, ResponseCode } from './record.ts'

/** One question, with what is needed to answer it as it was asked. */
export interface Query {
  readonly id: number
  readonly recursionDesired: boolean
  /** as asked, upper and lower case kept, without the last dot */
  readonly name: string
  /** `A`, `SRV`, …; `UNKNOWN_65` when the library has no name for it */
  readonly type: string
  /** the question's bytes, to be echoed */
  readonly question: Buffer
  /** undefined: no EDNS */
  readonly payloadSize: number | undefined
  /** the whole message, to be passed on */
  readonly message: Buffer
}

export type Parsed = { readonly query: Query } | { readonly failure: Buffer } | undefined

const headerSize = 12
const maxPayloadSize = 1232

/** undefined: not a message that may be answered (too short, or itself an answer). */
export const parseQuery = (message: Buffer): Parsed => {
  if (message.length < headerSize) return undefined
  const flags = message.readUInt16BE(2)
  if (flags & 0x8000) return undefined
  if ((flags >> 11) & 15) return { failure: failure(message, 4) }
  if (message.readUInt16BE(4) !== 1) return { failure: failure(message, 1) }
  // A question has at most a record of a zone's state, and of its options and signature behind it: none is worth reading thousands.
  if (message.readUInt16BE(6) > 1 || message.readUInt16BE(8) > 1 || message.readUInt16BE(10) > 2)
    return { failure: failure(message, 1) }
  const end = questionEnd(message)
  if (end === undefined) return { failure: failure(message, 1) }
  let packet: ReturnType<typeof decode>
  try {
    packet = decode(message)
  } catch {
    return { failure: failure(message, 1) }
  }
  const question = packet.questions?.[0]
  if (!question) return { failure: failure(message, 1) }
  if (question.class !== 'IN') return { failure: failure(message, 5) }
  const options = packet.additionals?.find((record) => record.type === 'OPT')
  return {
    query: {
      id: message.readUInt16BE(0),
      recursionDesired: (flags & 0x0100) !== 0,
      name: question.name === '.' ? '' : question.name,
      type: question.type,
      question: message.subarray(headerSize, end),
      payloadSize: options?.type === 'OPT' ? options.udpPayloadSize : undefined,
      message,
    },
  }
}

/** Labels only: the first name of a message has nothing before it to point to. */
export const questionEnd = (message: Buffer): number | undefined => {
  let offset = headerSize
  for (;;) {
    const length = message[offset]
    if (length === undefined || length > 63) return undefined
    offset += length + 1
    if (length === 0) break
    if (offset - headerSize > 254) return undefined
  }
  return offset + 4 <= message.length ? offset + 4 : undefined
}

const failure = (message: Buffer, code: number) => {
  const header = Buffer.alloc(headerSize)
  header.writeUInt16BE(message.readUInt16BE(0), 0)
  header.writeUInt16BE(0x8000 | (message.readUInt16BE(2) & 0x7900) | code, 2)
  return header
}

export interface Response {
  readonly code: ResponseCode
  /** whether we are the authority for the name */
  readonly authoritative: boolean
  readonly answers: readonly DnsRecord[]
  readonly additionals?: readonly DnsRecord[] | undefined
  readonly authority?: SoaAnswer | undefined
}

/** How large a UDP answer the asker takes. */
export const payloadLimit = ({ payloadSize }: Query) =>
  payloadSize === undefined ? 512 : Math.max(512, Math.min(payloadSize, maxPayloadSize))

/** What says that there is more than fits, and that it is to be asked for by TCP. */
export const truncatedAnswer = (query: Query): Buffer => {
  const header = Buffer.alloc(headerSize)
  header.writeUInt16BE(query.id, 0)
  header.writeUInt16BE(0x8280 | (query.recursionDesired ? 0x0100 : 0), 2)
  header.writeUInt16BE(1, 4)
  return Buffer.concat([header, query.question])
}

/** Answers that don't fit into `limit` bytes are left out and the message is marked truncated. */
export const encodeResponse = (query: Query, response: Response, limit: number): Buffer => {
  const options = query.payloadSize === undefined ? Buffer.alloc(0) : optionsRecord
  const sections = [response.answers, response.authority ? [response.authority] : [], response.additionals ?? []]
  const counts = [0, 0, 0]
  const parts = [query.question]
  let size = headerSize + query.question.length + options.length
  let truncated = false
  for (const [section, records] of sections.entries()) {
    for (const record of records) {
      const bytes = encodeRecord(record, query.name)
      if (truncated || size + bytes.length > limit) {
        // additional records are a courtesy
        truncated ||= section !== 2
        break
      }
      size += bytes.length
      counts[section] = (counts[section] ?? 0) + 1
      parts.push(bytes)
    }
  }
  const header = Buffer.alloc(headerSize)
  header.writeUInt16BE(query.id, 0)
  const flags =
    0x8080 |
    (response.authoritative ? 0x0400 : 0) |
    (truncated ? 0x0200 : 0) |
    (query.recursionDesired ? 0x0100 : 0) |
    response.code
  header.writeUInt16BE(flags, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(counts[0]!, 6)
  header.writeUInt16BE(counts[1]!, 8)
  header.writeUInt16BE(counts[2]! + (options.length > 0 ? 1 : 0), 10)
  return Buffer.concat([header, ...parts, options])
}

/** The library does not compress names; most records bear the name that was asked, which a pointer of two bytes says. */
const encodeRecord = (record: Answer, askedName: string): Buffer => {
  if (record.name.toLowerCase() !== askedName.toLowerCase()) return encode({ answers: [record] }).subarray(headerSize)
  const rest = encode({ answers: [{ ...record, name: '.' }] }).subarray(headerSize + 1)
  return Buffer.concat([pointerToQuestion, rest])
}

const pointerToQuestion = Buffer.from([0xc0, headerSize])
const optionsRecord = Buffer.from([0, 0, 41, maxPayloadSize >> 8, maxPayloadSize & 255, 0, 0, 0, 0, 0, 0])
