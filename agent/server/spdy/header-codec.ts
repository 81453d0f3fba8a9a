import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib'
import { headerDictionary } from './dictionary.ts'

export type Headers = Readonly<Record<string, string>>

/** A block of some bytes can be the wrapping of gigabytes. */
const longestBlock = 256 * 1024
const mostHeaders = 256

/** Feeds a block through a stream that goes on with the next block; what comes out until the flush is the block's. */
const pump = (stream: Deflate | Inflate, block: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const settle = (act: () => void) => {
      stream.off('data', collect)
      stream.off('error', fail)
      act()
    }
    const fail = (error: Error) => settle(() => reject(error))
    const collect = (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size <= longestBlock) return
      stream.destroy()
      fail(new Error(`a SPDY header block of more than ${longestBlock} bytes is too long`))
    }
    stream.on('data', collect)
    stream.once('error', fail)
    stream.write(block)
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      // What was flushed is readable by the next turn.
      setImmediate(() => settle(() => resolve(Buffer.concat(chunks))))
    })
  })

/** Compresses and decompresses header blocks; each direction is one zlib stream over the whole connection. */
export class HeaderCodec {
  readonly #deflate = createDeflate({ dictionary: headerDictionary })
  readonly #inflate = createInflate({ dictionary: headerDictionary })

  constructor() {
    // What comes when nobody pumps, such as of a stream that was closed, is nobody's.
    this.#deflate.on('error', () => undefined)
    this.#inflate.on('error', () => undefined)
  }

  encode(headers: Headers): Promise<Buffer> {
    const parts: Buffer[] = [number(Object.keys(headers).length)]
    for (const [name, value] of Object.entries(headers)) {
      for (const text of [name.toLowerCase(), value]) parts.push(number(Buffer.byteLength(text)), Buffer.from(text))
    }
    return pump(this.#deflate, Buffer.concat(parts))
  }

  async decode(block: Buffer): Promise<Headers> {
    const bytes = await pump(this.#inflate, block)
    const headers: Record<string, string> = Object.create(null)
    let offset = 4
    const text = () => {
      const length = bytes.readUInt32BE(offset)
      offset += 4 + length
      if (offset > bytes.length) throw new Error(`a SPDY header of ${length} bytes leads out of its block`)
      return bytes.toString('utf8', offset - length, offset)
    }
    const count = bytes.readUInt32BE(0)
    if (count > mostHeaders) throw new Error(`${count} SPDY headers are too many`)
    for (let left = count; left > 0; left--) {
      const name = text()
      headers[name] = text()
    }
    return headers
  }

  close(): void {
    this.#deflate.close()
    this.#inflate.close()
  }
}

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
