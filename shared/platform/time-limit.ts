import type { Clock } from './clock.ts'

/** How long something may take, as a signal. */
export interface TimeLimit {
  /** aborts when the time is over, or with one of the sooner signals */
  readonly signal: AbortSignal
  /** Lets go of the timer: it does not matter any more. */
  close(): void
}

/**
 * Takes any number of milliseconds that a user can ask for, which `AbortSignal.timeout` does not: fractions, what has passed already
 * (the signal aborts at once) and centuries.
 */
export const openTimeLimit = (clock: Clock, ms: number, ...sooner: AbortSignal[]): TimeLimit => {
  const over = new AbortController()
  const closed = new AbortController()
  if (ms <= 0) over.abort()
  else {
    void clock.sleep(ms, AbortSignal.any([closed.signal, ...sooner])).then(() => {
      if (!closed.signal.aborted) over.abort()
    })
  }
  return { signal: AbortSignal.any([over.signal, ...sooner]), close: () => closed.abort() }
}
