import type { Duplex, Readable } from 'node:stream'

/** Where a node's agent is reached. */
export interface NodeEndpoint {
  /** of the node; its agent's certificate is for this name */
  readonly name: string
  readonly host: string
  readonly port: number
}

export interface AgentRequest {
  readonly method: string
  /** with the query */
  readonly path: string
  readonly headers?: Readonly<Record<string, string | string[]>> | undefined
  /** a stream is sent as it comes */
  readonly body?: Uint8Array | Readable | undefined
  readonly signal: AbortSignal
}

export interface AgentResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** values of Set-Cookie */
  readonly cookies?: readonly string[] | undefined
  readonly body: Readable
  /** what came behind the body, when that has ended */
  readonly trailers?: (() => Readonly<Record<string, string>>) | undefined
}

/**
 * Speaks to the agents of nodes, as the API server and only with agents whose certificate is the node's. Throws what the connection
 * threw; a lost connection is an error of the body's stream.
 */
export interface NodeConnector {
  request(node: NodeEndpoint, request: AgentRequest): Promise<AgentResponse>
  /** A connection for one HTTP/1.1 request that is upgraded; the caller writes and reads it. */
  connect(node: NodeEndpoint, signal: AbortSignal): Promise<Duplex>
}
