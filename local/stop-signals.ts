/** Why a start ends that nobody waits for any more. */
export const givenUp = new Error('the start was given up')

export interface StopSignals {
  /** aborted, with `givenUp` as its reason, by the first signal that asks the process to stop */
  readonly signal: AbortSignal
  /** Runs `stop` and ends the process: when it is asked to, or at once if it was. Answers whether it goes on until then. */
  whenAsked(stop: () => Promise<void>): boolean
}

/** Hears what asks the process to stop, from now on: what a start has begun when it is given up is undone, too. */
export const hearStopSignals = (write: (text: string) => void): StopSignals => {
  const stopping = new AbortController()
  const { signal } = stopping
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (signal.aborted) return
      write('\n stopping …\n')
      stopping.abort(givenUp)
    })
  }
  return {
    signal,
    whenAsked: (stop) => {
      const end = () => void stop().then(() => process.exit(0))
      if (signal.aborted) end()
      else signal.addEventListener('abort', end)
      return !signal.aborted
    },
  }
}
