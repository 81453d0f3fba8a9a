import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { ApiError } from '../meta/status.ts'
import type { Transport, TransportResponse } from './transport.ts'

export interface GatewayTransportOptions {
  /** URL of the API, with the prefix it is served under; its certificate is one that anybody can verify */
  readonly server: string
  /** of whoever asks */
  readonly token: () => Promise<string>
  readonly userAgent: string
  /** a request fails after this long without an answer */
  readonly timeoutMs?: number | undefined
}

/** Requests over HTTP/1.1 with a bearer token that changes, by connections that are kept. */
export const createGatewayTransport = (options: GatewayTransportOptions): Transport & { close(): void } => {
  const { server, token, userAgent, timeoutMs = 30_000 } = options
  const base = new URL(server)
  const prefix = base.pathname.replace(/\/$/, '')
  const secure = base.protocol === 'https:'
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
  const begin = secure ? httpsRequest : httpRequest

  const transport: Transport = async ({ method, url, contentType, body, signal }) => {
    const authorization = `Bearer ${await token()}`
    return new Promise<TransportResponse>((resolve, reject) => {
      if (signal?.aborted) return reject(unreachable(server, signal.reason))
      const fail = (cause: unknown) => reject(unreachable(server, cause))
      const sent = begin(`${base.origin}${prefix}${url}`, {
        agent,
        method,
        headers: {
          accept: 'application/json',
          'user-agent': userAgent,
          authorization,
          ...(contentType ? { 'content-type': contentType } : {}),
          ...(body ? { 'content-length': body.byteLength } : {}),
        },
      })
      const late = setTimeout(() => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
      sent.on('error', fail)
      // Node.js' own handling of a signal throws, from nowhere, when the answer has just ended.
      const abort = () => sent.destroy(new Error('aborted'))
      signal?.addEventListener('abort', abort)
      sent.on('close', () => {
        clearTimeout(late)
        signal?.removeEventListener('abort', abort)
      })
      sent.on('response', (response) => {
        clearTimeout(late)
        // Whoever reads hears of it; nobody may be reading any more.
        response.on('error', () => response.destroy())
        resolve({ status: response.statusCode ?? 502, body: read(response, { signal, server }) })
      })
      sent.end(body)
    })
  }
  return Object.assign(transport, { close: () => agent.destroy() })
}

async function* read(
  response: IncomingMessage,
  { signal, server }: { signal: AbortSignal | undefined; server: string },
): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Uint8Array
  } catch (cause) {
    if (!signal?.aborted) throw unreachable(server, cause)
  }
}

const unreachable = (server: string, cause: unknown) =>
  new ApiError(
    'ServiceUnavailable',
    `the API server at ${server} can't be reached: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  )
