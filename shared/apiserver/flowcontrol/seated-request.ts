import type { Readable } from 'node:stream'
import type { ApiRequest, UpgradeOffer, User } from '../request.ts'
import type { Seat } from './seat.ts'

/** A request that needs no seat while its body is on its way: who sends slowly keeps nobody waiting. */
export class SeatedRequest implements ApiRequest {
  readonly #request: ApiRequest
  readonly #seat: Seat
  readonly #received: (bytes: number) => void

  /** `received` counts what has come of the body, and may refuse more. */
  constructor(request: ApiRequest, { seat, received }: { seat: Seat; received: (bytes: number) => void }) {
    this.#request = request
    this.#seat = seat
    this.#received = received
  }

  get method(): string {
    return this.#request.method
  }
  get path(): string {
    return this.#request.path
  }
  get query(): URLSearchParams {
    return this.#request.query
  }
  get rawQuery(): string | undefined {
    return this.#request.rawQuery
  }
  get headers(): ApiRequest['headers'] {
    return this.#request.headers
  }
  get rawHeaders(): readonly string[] | undefined {
    return this.#request.rawHeaders
  }
  get bodyStream(): Readable | undefined {
    return this.#request.bodyStream
  }
  get signal(): AbortSignal {
    return this.#request.signal
  }
  get isGone(): boolean | undefined {
    return this.#request.isGone
  }
  get remoteAddress(): string | undefined {
    return this.#request.remoteAddress
  }
  get peer(): User | undefined {
    return this.#request.peer
  }
  get audit(): ApiRequest['audit'] {
    return this.#request.audit
  }
  get upgrade(): UpgradeOffer | undefined {
    return this.#request.upgrade
  }
  header(name: string): string | undefined {
    return this.#request.header(name)
  }
  body(limit: number): Promise<Uint8Array> {
    return this.#seat.without(() => this.#request.body(limit, this.#received))
  }
}
