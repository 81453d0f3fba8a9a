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

  constructor(options: { pollMs: number | undefined }) {
    if (options.pollMs !== undefined) this.#poll = setInterval(() => this.wake(), options.pollMs).unref()
  }

  wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const resolve of waiting) resolve()
  }

  wait(signal: AbortSignal): Promise<void> {
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
    clearInterval(this.#poll)
    this.wake()
  }
}
