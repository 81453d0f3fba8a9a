import { type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http'
import { constants, type ServerHttp2Stream } from 'node:http2'
import type { Duplex, Writable } from 'node:stream'
import type { ApiResponse } from '../shared/apiserver/request.ts'
import { drained } from '../shared/platform/drained.ts'
import { sayLast } from '../shared/platform/say-last.ts'

/** Whom we ask may answer with what Node.js lets nobody say over HTTP/2, codes from 600 on. */
export const respondHttp2 = async (stream: ServerHttp2Stream, response: ApiResponse, method: string): Promise<void> => {
  const { status, body, trailers } = response
  if (stream.destroyed || stream.closed) return discard(body)
  const fields: OutgoingHttpHeaders = { [constants.HTTP2_HEADER_STATUS]: status > 599 ? 500 : status, ...withCookies(response) }
  if (body instanceof Uint8Array) {
    Object.assign(fields, lengthOf(status, body))
    stream.respond(fields, { endStream: method === 'HEAD' || body.byteLength === 0 })
    if (method !== 'HEAD' && body.byteLength > 0) stream.end(body)
  } else {
    const waitForTrailers = trailers !== undefined && method !== 'HEAD'
    if (waitForTrailers) stream.once('wantTrailers', () => stream.sendTrailers(trailers()))
    stream.respond(fields, { endStream: method === 'HEAD', waitForTrailers })
    if (method === 'HEAD') await discard(body)
    else await writeChunks(stream, body)
  }
  if (!stream.endAfterHeaders && !stream.readableEnded) dropBody(stream)
}

const withCookies = ({ headers, cookies }: ApiResponse): Record<string, string | string[]> =>
  cookies ? { ...headers, 'set-cookie': [...cookies] } : headers

/** An answer that can't have a body has no length either. */
const lengthOf = (status: number, body: Uint8Array) =>
  status === 204 || status === 304 ? {} : { 'content-length': body.byteLength }

const bodyGraceMs = 1000

/**
 * A body that nobody read is thrown away for a moment, and not waited for after it. A reset right behind the answer would make
 * Node.js's client lose what it had received of it.
 */
const dropBody = (stream: ServerHttp2Stream) => {
  stream.resume()
  const late = setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), bodyGraceMs)
  stream.once('close', () => clearTimeout(late))
}

export const respondHttp1 = async (target: ServerResponse, response: ApiResponse, method: string): Promise<void> => {
  const { status, body, trailers } = response
  const headers = withCookies(response)
  if (target.destroyed || target.socket?.destroyed) return discard(body)
  if (body instanceof Uint8Array) {
    target.writeHead(status, { ...headers, ...lengthOf(status, body) })
    target.end(method === 'HEAD' ? undefined : body)
    return
  }
  target.writeHead(status, headers)
  target.flushHeaders()
  if (method === 'HEAD') {
    target.end()
    return discard(body)
  }
  await writeChunks(target, body, () => {
    if (trailers) target.addTrailers(trailers())
  })
}

/** The answer to an upgrade request that nobody took: plain HTTP/1.1, then the end. */
export const respondOnSocket = async (socket: Duplex, { status, headers, body }: ApiResponse): Promise<void> => {
  const chunks: Uint8Array[] = []
  if (body instanceof Uint8Array) chunks.push(body)
  else for await (const chunk of body) chunks.push(chunk)
  const content = Buffer.concat(chunks)
  const lines = Object.entries({ ...headers, 'content-length': String(content.length), connection: 'close' })
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  )
  sayLast(socket, content)
}

/** Each chunk leaves when it comes; a client that does not read holds the source back. */
const writeChunks = async (target: Writable, chunks: AsyncIterable<Uint8Array>, beforeEnd?: () => void): Promise<void> => {
  for await (const chunk of chunks) {
    if (target.destroyed) return
    if (!target.write(chunk)) await drained(target)
    if (target.destroyed) return
  }
  beforeEnd?.()
  target.end()
}

const discard = async (body: ApiResponse['body']): Promise<void> => {
  if (!(body instanceof Uint8Array)) await body[Symbol.asyncIterator]().return?.()
}
