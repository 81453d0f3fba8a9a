import type { Duplex, Readable } from 'node:stream'

/**
 * Calls from the API server into the cluster or out of it: admission and conversion webhooks, extension servers. One driver dials, where a
 * path leads to pods; where none does, one asks a node that has a ready endpoint, by letter.
 */
export interface Reach {
  /**
   * One request. Throws what kept it from being answered, in the words of Go's net package: no such Service, no ready endpoint, a refused
   * connection, a certificate that is not trusted, the reason of the signal (`context deadline exceeded` for a timeout's). Redirects are
   * answers, not followed.
   */
  request(target: ReachTarget, request: ReachRequest): Promise<ReachAnswer>
  /** A connection for one HTTP/1.1 request that is upgraded; the caller writes and reads it. Undefined: this way in knows no streams. */
  readonly connect?: ((target: ReachTarget, options: ReachOptions) => Promise<Duplex>) | undefined
}

export type ReachTarget =
  /** `port` is the Service's */
  | { readonly service: ReachService }
  /** outside the cluster, or what the machine's own names lead to */
  | { readonly service?: undefined; readonly host: string; readonly port: number }

export interface ReachService {
  readonly namespace: string
  readonly name: string
  readonly port: number
}

export interface ReachOptions {
  readonly tls: ReachTls
  /** its reason is thrown */
  readonly signal: AbortSignal
}

export interface ReachTls {
  /** PEM, trusted alone; default: the authorities that the machine knows */
  readonly authorities?: string | undefined
  /** what the certificate must be for; a name or an address */
  readonly serverName: string
  /** any certificate will do */
  readonly insecure?: boolean | undefined
  /** PEM; who is calling */
  readonly client?: { readonly certificate: string; readonly key: string } | undefined
}

export interface ReachRequest extends ReachOptions {
  readonly method: string
  /** with the query */
  readonly path: string
  /** default of Host: the server's name and port */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined
  /** a stream is sent as it comes */
  readonly body?: Uint8Array | Readable | undefined
  /** It may be sent again, when a connection that was kept turns out to have ended. Default: what only reads may. */
  readonly repeatable?: boolean | undefined
}

export interface ReachAnswer {
  readonly status: number
  /** lower-case names, without those that are for one connection only */
  readonly headers: Readonly<Record<string, string>>
  /** values of Set-Cookie */
  readonly cookies?: readonly string[] | undefined
  /** Whoever calls bounds how much of it is read, and reads or destroys it. A lost connection is an error of it. */
  readonly body: Readable
  /** what came behind the body, when that has ended */
  readonly trailers?: (() => Readonly<Record<string, string>>) | undefined
}
