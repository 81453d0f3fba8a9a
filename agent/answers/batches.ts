export interface Batch {
  readonly data: Buffer
  readonly last: boolean
}

/** A part is written to a table, whose items hold 400 KB. */
const mostBytes = 256 * 1024
/** What comes so soon after the first of a part goes into the same part: each is paid for. */
const waitMs = 200
/** Who asks takes it that nobody answers any more when no part comes for much longer. */
const sayEveryMs = 30_000

/**
 * Puts together what comes in pieces: until there is much of it, or a moment has gone by, or it is over. There is always a last
 * one, and a first one at once though nothing may have come, so that who asks knows that the answer has begun; and one now and then
 * while nothing comes.
 */
export async function* inBatches(source: AsyncIterable<Buffer>, everyMs = sayEveryMs): AsyncGenerator<Batch> {
  const iterator = source[Symbol.asyncIterator]()
  let pieces: Buffer[] = []
  let size = 0
  let next = iterator.next()
  let begun = false
  let dueMs = performance.now() + waitMs
  // The loop hears of it when it gets there.
  next.catch(() => undefined)
  try {
    for (;;) {
      const found = await withinTime(next, begun && size === 0 ? everyMs : Math.max(0, dueMs - performance.now()))
      if (found === undefined) {
        yield { data: Buffer.concat(pieces), last: false }
        begun = true
        pieces = []
        size = 0
        continue
      }
      if (found.done) break
      if (begun && size === 0) dueMs = performance.now() + waitMs
      for (let rest = found.value; rest.length > 0; ) {
        const piece = rest.subarray(0, mostBytes - size)
        rest = rest.subarray(piece.length)
        pieces.push(piece)
        size += piece.length
        if (size < mostBytes) continue
        yield { data: Buffer.concat(pieces), last: false }
        begun = true
        pieces = []
        size = 0
        dueMs = performance.now() + waitMs
      }
      next = iterator.next()
      next.catch(() => undefined)
    }
    yield { data: Buffer.concat(pieces), last: true }
  } finally {
    void iterator.return?.()
  }
}

/** undefined: it takes longer. */
const withinTime = async <T>(promise: Promise<T>, ms: number): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
