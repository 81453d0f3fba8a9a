import { once } from 'node:events'
import type { Socket } from 'node:net'

/** Single words, one a line, between the processes that share a map. */
export class LineSocket {
  readonly #socket: Socket
  readonly #listeners = new Map<string, () => void>()
  #open = true
  #rest = ''
  readonly closed: Promise<void>

  constructor(socket: Socket) {
    this.#socket = socket
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#open = false
        resolve()
      })
    })
    // A broken connection is a closed one.
    socket.on('error', () => socket.destroy())
    socket.setEncoding('utf8').on('data', (text: string) => this.#take(text))
  }

  get open(): boolean {
    return this.#open
  }

  on(word: string, listener: () => void): void {
    this.#listeners.set(word, listener)
  }

  send(word: string): void {
    if (this.#open) this.#socket.write(`${word}\n`)
  }

  /** Resolves when the word comes, or the connection ends. */
  async hear(word: string): Promise<void> {
    const heard = new Promise<void>((resolve) => this.on(word, resolve))
    await Promise.race([heard, this.closed])
  }

  ref(): void {
    this.#socket.ref()
  }

  /** Does not keep the process alive. */
  unref(): void {
    this.#socket.unref()
  }

  async close(): Promise<void> {
    if (!this.#open) return
    this.#socket.ref()
    const closed = once(this.#socket, 'close')
    this.#socket.destroy()
    await closed
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#listeners.get(line)?.()
  }
}
