/** Long before API Gateway would cut off a stream that is silent for 5 minutes. */
export const idleMs = 270_000
/** Somewhat before that, a log is broken off: one that ends without an error looks whole. */
export const quietLogMs = 260_000
/** So long before the function's own end an answer is ended, so that a watch's client resumes without an error. */
export const endEarlyMs = 10_000
/** API Gateway waits so long, and no longer, for an answer that is not streamed: 29 s. */
export const bufferedMs = 25_000

/** Ends an answer, without an error, that says nothing for too long: its client asks again. */
export async function* endingWhenIdle(body: AsyncIterable<Uint8Array>, ms: number): AsyncGenerator<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      let timer: NodeJS.Timeout | undefined
      const idle = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), ms)
      })
      const result = await Promise.race([iterator.next(), idle]).finally(() => clearTimeout(timer))
      if (!result || result.done) return
      yield result.value
    }
  } finally {
    // Not awaited: a generator that waits for a change only ends with its signal.
    void iterator.return?.()
  }
}
