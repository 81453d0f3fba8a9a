import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib'
import { headerDictionary } from './dictionary.ts'

export type Headers = Readonly<Record<string, string>>

/** Feeds a block through a stream that goes on with the next block; what comes out until the flush is the block's. */
const pump = (stream: Deflate | Inflate, block: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const collect = (chunk: Buffer) => chunks.push(chunk)
    const fail = (error: Error) => reject(error)
    stream.on('data', collect)
    stream.once('error', fail)
    stream.write(block)
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      // What was flushed is readable by the next turn.
      setImmediate(() => {
        stream.off('data', collect)
        stream.off('error', fail)
        resolve(Buffer.concat(chunks))
      })
    })
  })

/** Compresses and decompresses header blocks; each direction is one zlib stream over the whole connection. */
export class HeaderCodec {
  readonly #deflate = createDeflate({ dictionary: headerDictionary })
  readonly #inflate = createInflate({ dictionary: headerDictionary })

  encode(headers: Headers): Promise<Buffer> {
    const parts: Buffer[] = [number(Object.keys(headers).length)]
    for (const [name, value] of Object.entries(headers)) {
      for (const text of [name.toLowerCase(), value]) parts.push(number(Buffer.byteLength(text)), Buffer.from(text))
    }
    return pump(this.#deflate, Buffer.concat(parts))
  }

  async decode(block: Buffer): Promise<Headers> {
    const bytes = await pump(this.#inflate, block)
    const headers: Record<string, string> = {}
    let offset = 4
    const text = () => {
      const length = bytes.readUInt32BE(offset)
      offset += 4 + length
      return bytes.toString('utf8', offset - length, offset)
    }
    for (let left = bytes.readUInt32BE(0); left > 0; left--) {
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
