import { Duplex } from 'node:stream'
import type { Headers } from './header-codec.ts'

export interface SpdyStreamOptions {
  readonly id: number
  readonly headers: Headers
  readonly send: (data: Buffer) => Promise<void>
  readonly sendEnd: () => Promise<void>
  readonly reset: () => void
}

/** One stream of a SPDY connection; each of its two directions ends by itself. */
export class SpdyStream extends Duplex {
  readonly id: number
  readonly headers: Headers
  readonly #options: SpdyStreamOptions
  #wanted: (() => void) | undefined
  #ended = false

  constructor(options: SpdyStreamOptions) {
    super({ allowHalfOpen: true })
    this.id = options.id
    this.headers = options.headers
    this.#options = options
    this.on('error', () => undefined)
  }

  /** Bytes from the client; resolves when more may come. */
  async receive(data: Buffer, fin: boolean): Promise<void> {
    if (this.#ended || this.destroyed) return
    if (data.length > 0 && !this.push(data)) {
      await new Promise<void>((resolve) => {
        this.#wanted = resolve
      })
    }
    if (!fin) return
    this.#ended = true
    this.push(null)
  }

  override _read() {
    this.#wanted?.()
    this.#wanted = undefined
  }

  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error | null) => void) {
    this.#options.send(chunk).then(() => callback(), callback)
  }

  override _final(callback: (error?: Error | null) => void) {
    this.#options.sendEnd().then(() => callback(), callback)
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void) {
    if (!this.#ended || !this.writableFinished) this.#options.reset()
    this.#wanted?.()
    callback(error)
  }
}
