import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { Readable } from 'node:stream'

/** The API's URL, for requests that are somebody else's. */
export interface Upstream {
  /** Resolves with the head of the answer, whatever it says. Rejects when there is none. */
  send(request: UpstreamRequest): Promise<IncomingMessage>
  close(): void
}

export interface UpstreamRequest {
  readonly method: string
  /** with the query */
  readonly path: string
  readonly headers: OutgoingHttpHeaders
  readonly body?: Readable | Uint8Array | string | undefined
  /** aborts the answer too */
  readonly signal: AbortSignal
}

export const createUpstream = ({ server }: { server: string }): Upstream => {
  const base = new URL(server)
  const prefix = base.pathname.replace(/\/$/, '')
  const secure = base.protocol === 'https:'
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
  const begin = secure ? httpsRequest : httpRequest
  return {
    send: ({ method, path, headers, body, signal }) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        const sent = begin(`${base.origin}${prefix}${path}`, { agent, method, headers })
        // Node.js' own handling throws, from nowhere, when the answer has just ended.
        const abort = () => sent.destroy()
        signal.addEventListener('abort', abort)
        sent.on('error', reject)
        sent.on('close', () => {
          signal.removeEventListener('abort', abort)
          reject(new Error('the connection was closed before the answer'))
        })
        sent.on('response', (response) => {
          // Whoever reads hears of it; nobody may be reading any more.
          response.on('error', () => response.destroy())
          resolve(response)
        })
        if (!(body instanceof Readable)) return void sent.end(body)
        body.on('error', (error) => sent.destroy(error))
        body.pipe(sent)
      }),
    close: () => agent.destroy(),
  }
}
