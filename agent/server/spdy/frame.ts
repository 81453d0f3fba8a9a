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
/** Headers of Kubernetes' streams have some hundred bytes. */
const longestControl = 64 * 1024

/**
 * Takes frames off the front of a byte stream: a control frame when it is whole, the data of a data frame as it comes, so that a frame
 * that says it is long takes no memory. Throws when the other side does not speak SPDY/3.
 */
export class FrameReader {
  #parts: Buffer[] = []
  #size = 0
  /** of the data frame that is under way */
  #data: { readonly streamId: number; readonly flags: number; left: number } | undefined
  #wanted = headerLength

  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = []
    let rest = chunk
    while (rest.length > 0) {
      const part = rest.subarray(0, (this.#data?.left ?? this.#wanted) - (this.#data ? 0 : this.#size))
      rest = rest.subarray(part.length)
      if (this.#data) this.#takeData(this.#data, part, frames)
      else this.#takeControl(part, frames)
    }
    return frames
  }

  #takeData(data: { readonly streamId: number; readonly flags: number; left: number }, part: Buffer, frames: Frame[]) {
    data.left -= part.length
    frames.push({ type: 'data', streamId: data.streamId, flags: data.left === 0 ? data.flags : 0, payload: part })
    if (data.left === 0) this.#data = undefined
  }

  /** The head of any frame, then the payload of a control frame. */
  #takeControl(part: Buffer, frames: Frame[]) {
    this.#parts.push(part)
    this.#size += part.length
    if (this.#size < this.#wanted) return
    const bytes = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts)
    const head = bytes.readUInt32BE(0)
    const flags = bytes[4]!
    const length = bytes.readUIntBE(5, 3)
    const isControl = (head & 0x80000000) !== 0
    if (bytes.length === headerLength) {
      const spoken = (head >>> 16) & 0x7fff
      if (isControl && spoken !== version) throw new Error(`SPDY version ${spoken} is not supported`)
      if (isControl && length > longestControl) throw new Error(`a SPDY control frame of ${length} bytes is too long`)
      if (isControl && length > 0) {
        this.#parts = [bytes]
        this.#wanted = headerLength + length
        return
      }
    }
    this.#parts = []
    this.#size = 0
    this.#wanted = headerLength
    if (isControl) frames.push({ type: head & 0xffff, flags, payload: bytes.subarray(headerLength) })
    else if (length > 0) this.#data = { streamId: head, flags, left: length }
    else frames.push({ type: 'data', streamId: head, flags, payload: bytes.subarray(headerLength) })
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
