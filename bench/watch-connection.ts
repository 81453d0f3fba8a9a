import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import type { Access } from '../test/peer/kubeconfig.ts'

const headerLength = 9
const frameTypes = { data: 0, headers: 1, settings: 4, ping: 6, windowUpdate: 8 } as const
const acknowledged = 0x1
const endStream = 0x1
const endHeaders = 0x4
const initialWindowSize = 0x4
/** of a stream and of a connection: more than is ever sent, so that none has to be renewed */
const window = 0x7fffffff
const defaultConnectionWindow = 0xffff
const newline = 10
/** what a peer may send that was not told of another maximum, with its header */
const maxFrameLength = 16_384 + headerLength
const receiveLength = 65_536

/**
 * Many watches on one HTTP/2 connection, of whose answers only the ends of lines are looked at: node:http2 spends more on a thousand
 * streams than the server does, so that it would be what is measured.
 */
export class WatchConnection {
  readonly #socket: TLSSocket
  readonly #authority: string
  readonly #onLine = new Map<number, (now: number) => void>()
  readonly #received = Buffer.allocUnsafe(maxFrameLength + receiveLength)
  #length = 0
  #nextStream = 1

  private constructor({ server, ...tls }: Access) {
    const { hostname, host, port } = new URL(server)
    this.#authority = host
    // Read into the same memory again and again: the collector of new buffers would run on the server's cores.
    const onread = {
      buffer: Buffer.allocUnsafe(receiveLength),
      callback: (length: number, chunk: Uint8Array) => {
        this.#received.set(chunk.subarray(0, length), this.#length)
        this.#length += length
        this.#read()
        return true
      },
    }
    // the types of connect leave out what it hands on to the socket
    const options = { host: hostname, port: Number(port), ...tls, ALPNProtocols: ['h2'], noDelay: true, onread }
    this.#socket = connect(options as ConnectionOptions)
    // what is missing is missed by whoever waits for its lines
    this.#socket.on('error', () => undefined)
  }

  static async open(access: Access): Promise<WatchConnection> {
    const connection = new WatchConnection(access)
    await once(connection.#socket, 'secureConnect')
    connection.#greet()
    return connection
  }

  /** `onLine` gets the time (of performance.now) at which each line had come. */
  watch(path: string, onLine: (now: number) => void): void {
    const stream = this.#nextStream
    this.#nextStream += 2
    this.#onLine.set(stream, onLine)
    const fields = {
      ':method': 'GET',
      ':scheme': 'https',
      ':authority': this.#authority,
      ':path': path,
      accept: 'application/json',
    }
    const block = Buffer.concat(Object.entries(fields).map(([name, value]) => literalField(name, value)))
    this.#socket.write(frame(frameTypes.headers, endStream | endHeaders, stream, block))
  }

  close(): void {
    this.#socket.destroy()
  }

  #greet(): void {
    const settings = Buffer.alloc(6)
    settings.writeUInt16BE(initialWindowSize, 0)
    settings.writeUInt32BE(window, 2)
    const increment = Buffer.alloc(4)
    increment.writeUInt32BE(window - defaultConnectionWindow)
    this.#socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    this.#socket.write(
      Buffer.concat([frame(frameTypes.settings, 0, 0, settings), frame(frameTypes.windowUpdate, 0, 0, increment)]),
    )
  }

  #read(): void {
    const now = performance.now()
    let at = 0
    while (this.#length - at >= headerLength) {
      const end = at + headerLength + this.#received.readUIntBE(at, 3)
      if (end > this.#length) break
      this.#frame(at, end, now)
      at = end
    }
    this.#received.copyWithin(0, at, this.#length)
    this.#length -= at
  }

  #frame(start: number, end: number, now: number): void {
    const bytes = this.#received
    const [type, flags, stream] = [bytes[start + 3], bytes[start + 4]!, bytes.readUInt32BE(start + 5)]
    if (type === frameTypes.data) {
      const onLine = this.#onLine.get(stream)
      let at = bytes.indexOf(newline, start + headerLength)
      for (; at !== -1 && at < end; at = bytes.indexOf(newline, at + 1)) onLine?.(now)
    } else if (type === frameTypes.settings && (flags & acknowledged) === 0) {
      this.#socket.write(frame(frameTypes.settings, acknowledged, 0))
    } else if (type === frameTypes.ping && (flags & acknowledged) === 0) {
      this.#socket.write(frame(frameTypes.ping, acknowledged, 0, bytes.subarray(start + headerLength, end)))
    }
  }
}

const frame = (type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer => {
  const header = Buffer.alloc(headerLength)
  header.writeUIntBE(payload.length, 0, 3)
  header[3] = type
  header[4] = flags
  header.writeUInt32BE(stream, 5)
  return Buffer.concat([header, payload])
}

/** As HPACK (RFC 7541, 6.2.2) has it, neither indexed nor compressed. */
const literalField = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([0]), literalString(name), literalString(value)])

const literalString = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  const max = 0x7f
  if (bytes.length < max) return Buffer.concat([Buffer.from([bytes.length]), bytes])
  if (bytes.length - max > max) throw new Error(`longer than is ever asked for: ${text}`)
  return Buffer.concat([Buffer.from([max, bytes.length - max]), bytes])
}
