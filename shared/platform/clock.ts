/** Time as handlers see it; tests pass a fixed one. */
export interface Clock {
  /** milliseconds since the epoch */
  now(): number
  /** Resolves after `ms`, or at once when the signal aborts (without an error). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** What setTimeout and its kin take at most; beyond it they fire at once. */
export const longestTimerMs = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const untilMs = Date.now() + ms
      const wait = () => {
        // The clock may have moved on since, and Node warns of what is negative.
        const leftMs = Math.max(0, untilMs - Date.now())
        timer = leftMs > longestTimerMs ? setTimeout(wait, longestTimerMs) : setTimeout(done, leftMs)
      }
      let timer: NodeJS.Timeout
      wait()
      signal?.addEventListener('abort', done)
    }),
}

let lastSecond = Number.NaN
let lastText = ''

/** metav1.Time: RFC 3339 in whole seconds, UTC. Most are of the second that was asked for last. */
export const timestamp = (ms: number): string => {
  const second = Math.floor(Math.trunc(ms) / 1000)
  if (second !== lastSecond) {
    lastText = `${new Date(ms).toISOString().slice(0, 19)}Z`
    lastSecond = second
  }
  return lastText
}

/** metav1.MicroTime. */
export const microTimestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 23)}000Z`
