import type { IncomingMessage } from 'node:http'
import type { Transport } from './transport.ts'
import { unreachable } from './unreachable.ts'
import { createUpstream } from './upstream.ts'

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
  const upstream = createUpstream({ server })
  const transport: Transport = async ({ method, url: path, contentType, body, signal }) => {
    const headers = {
      accept: 'application/json',
      'user-agent': userAgent,
      authorization: `Bearer ${await token()}`,
      ...(contentType ? { 'content-type': contentType } : {}),
      ...(body ? { 'content-length': body.byteLength } : {}),
    }
    const given = new AbortController()
    const abort = () => given.abort(signal?.reason)
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
    const late = setTimeout(() => given.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    try {
      const response = await upstream.send({ method, path, headers, body, signal: given.signal })
      response.once('close', () => signal?.removeEventListener('abort', abort))
      return { status: response.statusCode ?? 502, body: read(response, { signal, server }) }
    } catch (cause) {
      signal?.removeEventListener('abort', abort)
      throw unreachable(server, given.signal.aborted ? given.signal.reason : cause)
    } finally {
      clearTimeout(late)
    }
  }
  return Object.assign(transport, { close: () => upstream.close() })
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
