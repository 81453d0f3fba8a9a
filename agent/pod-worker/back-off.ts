/** Delays that double per key, from the first to the longest; a key that was quiet for twice the longest starts anew. */
export class BackOff {
  readonly #entries = new Map<string, { delayMs: number; updatedAt: number }>()
  readonly #firstMs: number
  readonly #longestMs: number

  constructor({ firstMs = 10_000, longestMs = 300_000 }: { firstMs?: number; longestMs?: number } = {}) {
    this.#firstMs = firstMs
    this.#longestMs = longestMs
  }

  /** Milliseconds left at `now` for something that happened at `since`; 0: go on. */
  remaining(key: string, since: number, now: number): number {
    const entry = this.#entries.get(key)
    if (!entry || this.#expired(entry, since)) return 0
    return Math.max(0, since + entry.delayMs - now)
  }

  delayMs(key: string): number {
    return this.#entries.get(key)?.delayMs ?? 0
  }

  /** Milliseconds left since the last `next`. */
  remainingSinceNext(key: string, now: number): number {
    const entry = this.#entries.get(key)
    return entry ? Math.max(0, entry.updatedAt + entry.delayMs - now) : 0
  }

  next(key: string, since: number, now: number): void {
    const entry = this.#entries.get(key)
    const fresh = !entry || this.#expired(entry, since)
    const delayMs = fresh ? this.#firstMs : Math.min(entry.delayMs * 2, this.#longestMs)
    this.#entries.set(key, { delayMs, updatedAt: now })
  }

  reset(key: string): void {
    this.#entries.delete(key)
  }

  #expired({ updatedAt }: { updatedAt: number }, since: number) {
    return since - updatedAt > 2 * this.#longestMs
  }
}
