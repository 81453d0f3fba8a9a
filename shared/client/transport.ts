/** How a client's requests reach an API server: over HTTPS, or by calling the library in the same process. */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** with the query: `/api/v1/pods?watch=true` */
  readonly url: string
  readonly contentType?: string | undefined
  readonly body?: Uint8Array | undefined
  readonly signal?: AbortSignal | undefined
}

/** `body` throws ApiError ServiceUnavailable when the connection breaks; it ends normally when the signal aborts. */
export interface TransportResponse {
  readonly status: number
  readonly body: Uint8Array | AsyncIterable<Uint8Array>
}
