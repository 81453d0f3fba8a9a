/** Control frame types of SPDY/3.1. */
export const frameTypes = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const

export const flagFin = 1
export const headerLength = 8

export type Frame =
  | { readonly type: 'data'; readonly streamId: number; readonly flags: number; readonly payload: Buffer }
  | { readonly type: number; readonly flags: number; readonly payload: Buffer }

const version = 3

/** Takes whole frames off the front of a byte stream. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const frames: Frame[] = []
    while (this.#rest.length >= headerLength) {
      const length = this.#rest.readUIntBE(5, 3)
      if (this.#rest.length < headerLength + length) break
      const head = this.#rest.readUInt32BE(0)
      const flags = this.#rest[4]!
      const payload = this.#rest.subarray(headerLength, headerLength + length)
      this.#rest = this.#rest.subarray(headerLength + length)
      const spoken = (head >>> 16) & 0x7fff
      if ((head & 0x80000000) === 0) frames.push({ type: 'data', streamId: head, flags, payload })
      else if (spoken === version) frames.push({ type: head & 0xffff, flags, payload })
      else throw new Error(`SPDY version ${spoken} is not supported`)
    }
    return frames
  }
}

export const controlFrame = (type: number, payload: Buffer, flags = 0): Buffer => {
  const head = Buffer.alloc(headerLength)
  head.writeUInt16BE(0x8000 | version, 0)
  head.writeUInt16BE(type, 2)
  head[4] = flags
  head.writeUIntBE(payload.length, 5, 3)
  return Buffer.concat([head, payload])
}

export const dataHead = (streamId: number, length: number, flags: number): Buffer => {
  const head = Buffer.alloc(headerLength)
  head.writeUInt32BE(streamId, 0)
  head[4] = flags
  head.writeUIntBE(length, 5, 3)
  return head
}

export const words = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length)
  values.forEach((value, index) => {
    bytes.writeUInt32BE(value >>> 0, 4 * index)
  })
  return bytes
}
