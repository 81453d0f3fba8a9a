import type { Duplex, Readable } from 'node:stream'
import type { RequestWitness } from './request-witness.ts'

/**
 * What the API server is given and what it answers; it does not know how it is served. Adapters: `local/` (HTTP/1.1 and HTTP/2
 * over TLS), `functions/api.ts` (API Gateway), and the in-process client.
 */
export interface ApiRequest {
  readonly method: string
  /** without the query: `/api/v1/namespaces/default/pods` */
  readonly path: string
  readonly query: URLSearchParams
  /** the query as it came, without the question mark; undefined: `query` is all that is known */
  readonly rawQuery?: string | undefined
  /** by lower-case name, HTTP/2's pseudo-headers among them; undefined: only `header` is known */
  readonly headers?: Readonly<Record<string, string | string[] | undefined>> | undefined
  /** header lines as they came: name, value, name, value …; undefined: `header` says all */
  readonly rawHeaders?: readonly string[] | undefined
  /** one value of a header, by lower-case name */
  header(name: string): string | undefined
  /** The whole body; at most `limit` bytes, else throws ApiError RequestEntityTooLarge. Of each part as it comes `received` is told; what that throws is the error. */
  body(limit: number, received?: (bytes: number) => void): Promise<Uint8Array>
  /** The body as it comes, for whoever passes it on and does not call `body`; undefined: there is none, or it can't be streamed. */
  readonly bodyStream?: Readable | undefined
  /** aborts when the client has gone */
  readonly signal: AbortSignal
  /** the same, for who only looks; undefined: look at the signal */
  readonly isGone?: boolean | undefined
  /** where the connection comes from; undefined: from this process */
  readonly remoteAddress?: string | undefined
  /** who the transport already knows: a verified client certificate's subject, or the in-process caller */
  readonly peer?: User | undefined
  /** who looks on for the audit log; undefined: nobody does */
  audit?: RequestWitness | undefined
  /** there when the client asks to leave HTTP (`Connection: Upgrade`) */
  readonly upgrade?: UpgradeOffer | undefined
}

/** The connection of an upgrade request. Who takes it answers status 101 and owns the socket from then on; with any other answer it is closed. */
export interface UpgradeOffer {
  /** header lines as they came: name, value, name, value … */
  readonly rawHeaders: readonly string[]
  /** bytes that came behind the request */
  readonly head: Uint8Array
  readonly socket: Duplex
}

export interface ApiResponse {
  readonly status: number
  readonly headers: Record<string, string>
  /** values of Set-Cookie, the one header that can't be joined */
  readonly cookies?: readonly string[] | undefined
  /** whole, or in chunks as they come: each is flushed to the client when it is yielded */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>
  /** bytes of a body in chunks that are there when the answer begins; undefined: they come as they are made */
  readonly size?: number | undefined
  /** what comes behind a body in chunks, to be asked when that has ended */
  readonly trailers?: (() => Readonly<Record<string, string>>) | undefined
}

export interface User {
  readonly name: string
  readonly uid?: string | undefined
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined
}

export type ApiHandler = (request: ApiRequest) => Promise<ApiResponse>
