import type { Clock } from '../../shared/platform/clock.ts'

/** Time that only moves when told to; sleepers whose time has come wake in order. */
export class ManualClock implements Clock {
  #now: number
  readonly #sleepers = new Set<{ readonly at: number; wake(): void }>()

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  advance(ms: number): void {
    this.#now += ms
    const due = [...this.#sleepers].filter((sleeper) => sleeper.at <= this.#now).sort((a, b) => a.at - b.at)
    for (const sleeper of due) sleeper.wake()
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const wake = () => {
        this.#sleepers.delete(sleeper)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const sleeper = { at: this.#now + ms, wake }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', wake)
    })
  }
}
