import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { reasonOf } from './abort-reason.ts'
import { type Address, wordsOf } from './dial.ts'
import type { KeptConnections, KeptOptions } from './kept-connections.ts'
import type { ReachAnswer, ReachTls } from './reach.ts'
import { responseHeaders } from './response-headers.ts'
import { sendBody } from './send-body.ts'

export interface Exchange {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Uint8Array | Readable | undefined
  readonly signal: AbortSignal
}

/** One of the connections that are kept, or one for this request alone. */
export type Way =
  | { readonly kept: KeptConnections; readonly tls: ReachTls }
  | { readonly kept?: undefined; readonly open: () => Promise<Socket> }

/** A kept connection had ended before anything came back by it. */
export class StaleConnection extends Error {
  override readonly name = 'StaleConnection'
}

/** One request over HTTP/1.1 and its answer, as it begins. Throws in the words of Go's net package, or StaleConnection. */
export const exchange = (address: Address, { method, path, headers, body, signal }: Exchange, way: Way): Promise<ReachAnswer> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(reasonOf(signal))
    const { host, port } = address
    const sent = httpRequest({ host, port, method, path, headers: framed(headers, body), ...connectionBy(way) })
    let answer: IncomingMessage | undefined
    // Node.js' own handling of a signal throws, from nowhere, when the answer has just ended.
    const abort = () => {
      reject(reasonOf(signal))
      if (answer) answer.destroy(reasonOf(signal))
      else sent.destroy()
    }
    signal.addEventListener('abort', abort)
    sent.on('error', (error) => reject(failure(sent, error, address)))
    sent.on('close', () => {
      signal.removeEventListener('abort', abort)
      reject(new Error('EOF'))
    })
    sent.on('response', (response) => {
      answer = withGoWords(response)
      const status = response.statusCode ?? 0
      // Neither goes on to a client as an answer; what only announces one never comes here.
      if (status < 200) {
        response.destroy()
        return reject(new Error(`malformed HTTP status code ${JSON.stringify(String(status).padStart(3, '0'))}`))
      }
      // Whoever reads hears of it; nobody may be reading any more.
      response.on('error', () => response.destroy())
      resolve({
        ...{ status, ...responseHeaders(response.headers), body: response },
        trailers: () => responseHeaders(response.trailers).headers,
      })
    })
    sendBody(sent, body)
  })

/** Node.js frames bodies of some methods only when told how. */
const framed = (headers: Exchange['headers'], body: Exchange['body']): RequestOptions['headers'] => {
  const given = headers as NonNullable<Record<string, string | string[]>>
  if (body === undefined || headers['content-length'] !== undefined) return given
  return body instanceof Uint8Array
    ? { ...given, 'content-length': String(body.byteLength) }
    : { ...given, 'transfer-encoding': 'chunked' }
}

/** What breaks off says so in the words of Go. */
const withGoWords = (response: IncomingMessage): IncomingMessage => {
  const { destroy } = response
  response.destroy = (error) =>
    destroy.call(response, error?.message === 'aborted' ? new Error('unexpected EOF', { cause: error }) : error)
  return response
}

const connectionBy = (way: Way): RequestOptions & Partial<KeptOptions> => {
  if (way.kept) return { agent: way.kept, reachTls: way.tls }
  return {
    // Node.js takes a connection that comes later; its types know only one that is there.
    createConnection: (_options, callback) => {
      way.open().then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, undefined as never),
      )
      return undefined as never
    },
  }
}

const isLost = ({ code, message }: NodeJS.ErrnoException) =>
  code === 'ECONNRESET' || code === 'EPIPE' || message === 'socket hang up'

const failure = (sent: ClientRequest, error: Error, address: Address): Error =>
  sent.reusedSocket && isLost(error)
    ? new StaleConnection(wordsOf(error, address), { cause: error })
    : new Error(wordsOf(error, address), { cause: error })
