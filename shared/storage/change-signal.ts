/** Tells the processes that share one map that the log has grown. May lose or repeat messages. */
export interface ChangeNotifier {
  publish(revision: number): void
  /** returns the way to stop */
  subscribe(listener: (revision: number) => void): () => void
}

/** Wakes those of this process that wait for the log to grow; with other writers about, also looks by itself now and then. */
export class ChangeSignal {
  readonly #waiting = new Set<() => void>()
  readonly #poll: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: { pollMs: number | undefined }) {
    if (options.pollMs !== undefined) this.#poll = setInterval(() => this.wake(), options.pollMs).unref()
  }

  wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const resolve of waiting) resolve()
  }

  /** At once when nobody would wake it any more: who waits may have looked at the log meanwhile. */
  wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#closed) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting.delete(done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      this.#waiting.add(done)
      signal.addEventListener('abort', done)
    })
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#poll)
    this.wake()
  }
}
