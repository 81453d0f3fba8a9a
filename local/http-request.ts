import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Readable } from 'node:stream'
import type { ApiRequest, UpgradeOffer, User } from '../shared/apiserver/request.ts'
import { ApiError } from '../shared/meta/status.ts'

/** a client that can't send its body within this time is not served */
const bodyTimeoutMs = 60_000

/** Whoever is at the other end of a connection, which may have broken by the time that somebody asks. */
export interface Peer {
  readonly user: User | undefined
  readonly address: string | undefined
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

interface Message {
  readonly method: string
  /** path and query */
  readonly url: string
  readonly headers: Headers
  readonly rawHeaders: readonly string[]
  readonly stream: Readable
  readonly hasBody: boolean
  /** closes when the answer is out or the client has gone; a request does so as soon as its body was read */
  readonly exchange: Pick<NodeJS.EventEmitter, 'once'> & { readonly destroyed: boolean }
  readonly peer: User | undefined
  readonly remoteAddress: string | undefined
  readonly upgrade?: UpgradeOffer | undefined
}

/** Of most requests; nobody changes it. */
const noQuery = new URLSearchParams()

/** Parses nothing before it is asked for. */
class HttpRequest implements ApiRequest {
  readonly method: string
  readonly path: string
  readonly peer: User | undefined
  readonly remoteAddress: string | undefined
  readonly upgrade: UpgradeOffer | undefined
  readonly rawQuery: string
  readonly headers: Headers
  readonly rawHeaders: readonly string[]
  readonly bodyStream: Readable | undefined
  readonly #stream: Readable
  readonly #exchange: Message['exchange']
  #query: URLSearchParams | undefined
  #abort: AbortController | undefined

  constructor({ method, url, headers, rawHeaders, stream, hasBody, exchange, peer, remoteAddress, upgrade }: Message) {
    const question = url.indexOf('?')
    this.method = method
    this.path = question === -1 ? url : url.slice(0, question)
    this.rawQuery = question === -1 ? '' : url.slice(question + 1)
    this.headers = headers
    this.rawHeaders = rawHeaders
    this.#stream = stream
    this.#exchange = exchange
    this.bodyStream = hasBody ? stream : undefined
    this.peer = peer
    this.remoteAddress = remoteAddress
    this.upgrade = upgrade
  }

  get query(): URLSearchParams {
    if (this.rawQuery === '') return noQuery
    this.#query ??= new URLSearchParams(this.rawQuery)
    return this.#query
  }

  get signal(): AbortSignal {
    if (this.#abort) return this.#abort.signal
    const controller = new AbortController()
    this.#abort = controller
    const source = this.#exchange
    if (source.destroyed) controller.abort(gone)
    else source.once('close', () => controller.abort(gone))
    return controller.signal
  }

  get isGone(): boolean {
    return this.#exchange.destroyed
  }

  header(name: string): string | undefined {
    const value = this.headers[name] ?? (name === 'host' ? this.headers[':authority'] : undefined)
    return typeof value === 'object' ? value.join(', ') : value
  }

  body(limit: number, received?: (bytes: number) => void): Promise<Uint8Array> {
    const tooLarge = () => new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${limit}`)
    if (Number(this.header('content-length') ?? 0) > limit) return Promise.reject(tooLarge())
    const stream = this.#stream
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      let size = 0
      const timer = setTimeout(() => fail(new ApiError('Timeout', 'request body did not arrive in time')), bodyTimeoutMs)
      const settle = () => {
        clearTimeout(timer)
        // an error may still come, and is nobody's
        stream.off('end', end).off('close', broken)
      }
      const end = () => {
        settle()
        resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
      }
      const fail = (error: unknown) => {
        settle()
        reject(error)
      }
      const broken = (cause?: unknown) => fail(clientGone(cause))
      stream.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > limit) return fail(tooLarge())
        chunks.push(chunk)
        try {
          received?.(chunk.length)
        } catch (error) {
          chunks.length = 0
          fail(error)
        }
      })
      stream.on('end', end).on('error', broken).on('close', broken)
    })
  }
}

/** Every answer ends so: without a reason of its own, each made an error with its stack. */
const gone = new Error('the exchange is over')

const clientGone = (cause?: unknown) =>
  new ApiError('BadRequest', 'unable to read the request body: the client has gone', cause === undefined ? {} : { cause })

export const http2Request = (
  stream: ServerHttp2Stream,
  {
    headers,
    rawHeaders,
    peer,
  }: { headers: IncomingHttpHeaders & Headers; rawHeaders: readonly string[]; peer: Peer | undefined },
): ApiRequest =>
  new HttpRequest({
    method: String(headers[':method']),
    url: String(headers[':path']),
    headers,
    rawHeaders,
    stream,
    hasBody: !stream.endAfterHeaders,
    exchange: stream,
    peer: peer?.user,
    remoteAddress: peer?.address,
  })

export const http1Request = (
  message: IncomingMessage,
  peer: User | undefined,
  answer: { readonly response: ServerResponse; readonly upgrade?: undefined } | { readonly upgrade: UpgradeOffer },
): ApiRequest =>
  new HttpRequest({
    method: message.method ?? 'GET',
    url: message.url ?? '/',
    headers: message.headers,
    rawHeaders: message.rawHeaders,
    stream: message,
    hasBody: message.headers['content-length'] !== undefined || message.headers['transfer-encoding'] !== undefined,
    peer,
    remoteAddress: message.socket.remoteAddress,
    exchange: answer.upgrade ? answer.upgrade.socket : answer.response,
    upgrade: answer.upgrade,
  })
