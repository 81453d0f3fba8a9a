/** setTimeout takes at most 2^31-1 ms */
const longestMs = 86_400_000

/** Rings at the earliest of the times that it was set to, once. */
export class WakeTimer {
  readonly #ring: () => void
  #next: { at: number; handle: NodeJS.Timeout } | undefined

  constructor(ring: () => void) {
    this.#ring = ring
  }

  ringIn(ms: number): void {
    const at = Date.now() + ms
    if (this.#next && this.#next.at <= at) return
    this.stop()
    const handle = setTimeout(
      () => {
        this.#next = undefined
        this.#ring()
      },
      Math.min(Math.max(0, ms), longestMs),
    )
    this.#next = { at, handle }
  }

  stop(): void {
    clearTimeout(this.#next?.handle)
    this.#next = undefined
  }
}
