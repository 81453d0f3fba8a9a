import { PassThrough, type Readable, type Writable } from 'node:stream'
import { drained } from '../../../shared/platform/drained.ts'

const headerLength = 8

/** Takes the engine's multiplexed stream apart: each frame is a byte for the stream, three of nothing, a length, the bytes. */
export async function* frames(source: AsyncIterable<Buffer>): AsyncGenerator<{ stderr: boolean; data: Buffer }> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= headerLength) {
      const end = headerLength + rest.readUInt32BE(4)
      if (rest.length < end) break
      yield { stderr: rest[0] === 2, data: rest.subarray(headerLength, end) }
      rest = rest.subarray(end)
    }
  }
}

const write = async (target: Writable, data: Buffer) => {
  if (!target.destroyed && !target.write(data)) await drained(target)
}

/** Splits a multiplexed stream in two; a reader that is slow holds the source back. `ended` resolves after all was handed over. */
export const splitFrames = (source: Readable): { stdout: Readable; stderr: Readable; ended: Promise<void> } => {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const pump = async () => {
    try {
      for await (const frame of frames(source)) await write(frame.stderr ? stderr : stdout, frame.data)
    } finally {
      stdout.end()
      stderr.end()
    }
  }
  // A connection that breaks ends both outputs; the exit code then tells what came of it.
  const ended = pump().catch(() => undefined)
  return { stdout, stderr, ended }
}

const newline = 0x0a
const space = 0x20

/**
 * Both streams of a multiplexed log in the order in which they were written. The engine keeps a long line in pieces of 16 KiB; of
 * those with times only the first keeps its own.
 */
export async function* joinFrames(source: AsyncIterable<Buffer>, timestamps: boolean): AsyncGenerator<Buffer> {
  const inLine = { stdout: false, stderr: false }
  for await (const { stderr, data } of frames(source)) {
    const stream = stderr ? 'stderr' : 'stdout'
    yield timestamps && inLine[stream] ? data.subarray(data.indexOf(space) + 1) : data
    inLine[stream] = data.at(-1) !== newline
  }
}
