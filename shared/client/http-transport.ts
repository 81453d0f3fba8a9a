import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import type { Transport, TransportRequest, TransportResponse } from './transport.ts'
import { unreachable } from './unreachable.ts'

export interface HttpTransportOptions {
  /** https URL of the API server, without a path, or with the prefix it is served under */
  readonly server: string
  /** PEM */
  readonly certificateAuthority: string
  readonly clientCertificate?: string | undefined
  readonly clientKey?: string | undefined
  readonly token?: (() => string) | undefined
  readonly userAgent: string
  /** a request that is not a watch fails after this long without an answer */
  readonly timeoutMs?: number | undefined
}

/** One HTTP/2 connection, made again when it broke; requests in flight on a broken one fail as ServiceUnavailable. */
export const createHttpTransport = (options: HttpTransportOptions): Transport & { close(): void } => {
  const { timeoutMs = 30_000 } = options
  const base = new URL(options.server)
  const prefix = base.pathname.replace(/\/$/, '')
  let session: ClientHttp2Session | undefined

  const open = () => {
    if (session && !session.closed && !session.destroyed) return session
    const fresh = connect(base.origin, {
      ca: options.certificateAuthority,
      ...(options.clientCertificate ? { cert: options.clientCertificate } : {}),
      ...(options.clientKey ? { key: options.clientKey } : {}),
      settings: { initialWindowSize: 1 << 20 },
    })
    const forget = () => {
      if (session === fresh) session = undefined
    }
    fresh.on('error', forget)
    fresh.on('goaway', forget)
    fresh.on('close', forget)
    // A peer that vanished without a word is found out by a ping that is not answered.
    const pinger = setInterval(() => {
      // A session is gone a moment before it says so, and throws at whoever calls it.
      if (fresh.destroyed) return
      const late = setTimeout(() => fresh.destroy(new Error('ping was not answered')), 10_000)
      if (!fresh.ping((error) => (error ? undefined : clearTimeout(late)))) clearTimeout(late)
    }, 20_000)
    pinger.unref()
    fresh.on('close', () => clearInterval(pinger))
    session = fresh
    return fresh
  }

  const transport = (request: TransportRequest) =>
    new Promise<TransportResponse>((resolve, reject) => {
      const fail = (cause: unknown) => reject(unreachable(options.server, cause))
      if (request.signal?.aborted) return reject(unreachable(options.server, request.signal.reason))
      const stream = open().request(
        {
          [constants.HTTP2_HEADER_METHOD]: request.method,
          [constants.HTTP2_HEADER_PATH]: prefix + request.url,
          accept: 'application/json',
          'user-agent': options.userAgent,
          ...(request.contentType ? { 'content-type': request.contentType } : {}),
          ...(options.token ? { authorization: `Bearer ${options.token()}` } : {}),
        },
        // Node.js takes a DELETE for one without a body.
        { endStream: request.body === undefined },
      )
      const abort = () => stream.close(constants.NGHTTP2_CANCEL)
      request.signal?.addEventListener('abort', abort, { once: true })
      const timer = setTimeout(() => {
        fail(new Error(`no answer within ${timeoutMs} ms`))
        stream.close(constants.NGHTTP2_CANCEL)
      }, timeoutMs)
      stream.on('error', fail)
      stream.on('close', () => {
        clearTimeout(timer)
        request.signal?.removeEventListener('abort', abort)
        fail(new Error('connection closed before the answer'))
      })
      stream.on('response', (headers) => {
        clearTimeout(timer)
        resolve({ status: Number(headers[constants.HTTP2_HEADER_STATUS]), body: read(stream, request.signal, options.server) })
      })
      stream.end(request.body)
    })
  return Object.assign(transport, { close: () => session?.close() })
}

async function* read(stream: ClientHttp2Stream, signal: AbortSignal | undefined, server: string): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk
  } catch (cause) {
    // Node.js calls an answer premature that came whole, when its stream closes in the same moment.
    const whole = stream.readableEnded && stream.rstCode === constants.NGHTTP2_NO_ERROR
    if (!signal?.aborted && !whole) throw unreachable(server, cause)
  }
}
