import type { Duplex } from 'node:stream'
import { FuzzRandom } from './fuzz-random.ts'

/** A part of the agent that takes what others send. */
export interface FuzzTarget {
  /** Takes so many inputs made of the random; resolves when they are digested, whatever came of them. */
  feed(random: FuzzRandom, count: number): Promise<void>
  /** The next good request is answered; throws when it is not. */
  alive(): Promise<void>
  close(): Promise<void>
}

export interface FuzzReport {
  readonly inputs: number
  readonly seconds: number
  /** how much more memory was in use at the end than after the first tenth */
  readonly grownBytes: number
}

const batch = 100
const mostGrownBytes = 96 * 1024 * 1024

/** Throws, with the seed of the batch at which it failed. A batch depends on its own seed alone: `--seed` begins with it. */
export const runFuzz = async (
  open: () => Promise<FuzzTarget>,
  options: { inputs: number; seed: number },
): Promise<FuzzReport> => {
  const { inputs, seed } = options
  const begun = Date.now()
  const target = await open()
  let base: number | undefined
  try {
    for (let done = 0; done < inputs; done += batch) {
      const batchSeed = seed + done / batch
      try {
        await inTime(target.feed(new FuzzRandom(batchSeed), Math.min(batch, inputs - done)))
        if (done % (20 * batch) === 0) await inTime(target.alive())
      } catch (cause) {
        throw new Error(`failed at seed ${batchSeed}`, { cause })
      }
      if (done >= inputs / 10) base ??= memory()
    }
    await target.alive()
    const grownBytes = memory() - (base ?? 0)
    if (grownBytes > mostGrownBytes) throw new Error(`memory has grown by ${grownBytes} bytes (seed ${seed})`)
    return { inputs, seconds: (Date.now() - begun) / 1000, grownBytes }
  } finally {
    await target.close()
  }
}

/** Lets a connection's other end read everything and close; one that it keeps open is closed here. */
export const finish = async (socket: Duplex): Promise<void> => {
  const closed = new Promise<void>((done) => socket.once('close', done))
  const late = setTimeout(() => socket.destroy(), 250)
  socket.end()
  await closed
  clearTimeout(late)
}

/** What waits for ever is as bad as what ends. */
const inTime = async (work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it hangs')), 30_000)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}

const memory = (): number => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
