import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import { controlFrame, dataHead, type Frame, FrameReader, flagFin, frameTypes, words } from './frame.ts'
import { HeaderCodec, type Headers } from './header-codec.ts'
import { SpdyStream } from './stream.ts'

interface ConnectionEvents {
  stream: [SpdyStream]
  close: []
}

const largestData = 32 * 1024
/** open at the same time; a port-forward has two for each connection */
const mostStreams = 2000
/** answers to pings and refusals that the other side does not read */
const mostUnread = 1024 * 1024
const protocolError = 1
const refused = 3

/**
 * The server's end of a SPDY/3.1 connection as Kubernetes' clients speak it: the client opens streams, each is answered and
 * handed out. Flow control windows are not used by those clients (moby/spdystream has none); TCP holds back who is too fast.
 */
export class SpdyConnection extends EventEmitter<ConnectionEvents> {
  readonly #socket: Duplex
  readonly #codec = new HeaderCodec()
  readonly #reader = new FrameReader()
  readonly #streams = new Map<number, SpdyStream>()
  #frames: Promise<void> = Promise.resolve()
  #closed = false

  constructor(socket: Duplex) {
    super()
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#end())
    socket.on('end', () => this.close())
  }

  close(): void {
    if (this.#closed) return
    if (this.#socket.writable) {
      this.#socket.write(controlFrame(frameTypes.goAway, words(Math.max(0, ...this.#streams.keys()), 0)))
      this.#socket.end()
    }
    this.#end()
  }

  #end() {
    if (this.#closed) return
    this.#closed = true
    this.#codec.close()
    for (const stream of this.#streams.values()) stream.destroy()
    this.#streams.clear()
    this.emit('close')
  }

  /** Frames are handled one after the other: header blocks are decompressed asynchronously, and in order. */
  #receive(chunk: Buffer) {
    this.#socket.pause()
    this.#frames = this.#frames
      .then(async () => {
        for (const frame of this.#reader.push(chunk)) await this.#handle(frame)
      })
      .catch(() => {
        this.#socket.destroy()
      })
      .finally(() => this.#socket.resume())
  }

  async #handle(frame: Frame): Promise<void> {
    if (frame.type === 'data') {
      const stream = this.#streams.get(frame.streamId)
      if (!stream) return void this.#send(controlFrame(frameTypes.rstStream, words(frame.streamId, protocolError)))
      await stream.receive(frame.payload, (frame.flags & flagFin) !== 0)
    } else if (frame.type === frameTypes.synStream) await this.#open(frame.payload, frame.flags)
    else if (frame.type === frameTypes.rstStream) this.#streams.get(frame.payload.readUInt32BE(0))?.destroy()
    else if (frame.type === frameTypes.ping) this.#send(controlFrame(frameTypes.ping, frame.payload.subarray(0, 4)))
    else if (frame.type === frameTypes.goAway) this.close()
    // HEADERS share the compression state, so they have to be read though nothing is made of them.
    else if (frame.type === frameTypes.headers) await this.#codec.decode(frame.payload.subarray(4))
  }

  async #open(payload: Buffer, flags: number) {
    const id = payload.readUInt32BE(0) & 0x7fffffff
    const headers = await this.#codec.decode(payload.subarray(10))
    if (this.#closed) return
    if (this.#streams.size >= mostStreams || this.#streams.has(id))
      return this.#send(controlFrame(frameTypes.rstStream, words(id, refused)))
    const stream = this.#newStream(id, headers)
    const reply = await this.#codec.encode({})
    if (this.#closed) return void stream.destroy()
    this.#send(controlFrame(frameTypes.synReply, Buffer.concat([words(id), reply])))
    if ((flags & flagFin) !== 0) await stream.receive(Buffer.alloc(0), true)
    if (this.listenerCount('stream') === 0) this.#send(controlFrame(frameTypes.rstStream, words(id, refused)))
    this.emit('stream', stream)
  }

  #newStream(id: number, headers: Headers): SpdyStream {
    const stream = new SpdyStream({
      id,
      headers,
      send: async (data) => {
        for (let from = 0; from < data.length; from += largestData) {
          const part = data.subarray(from, from + largestData)
          await this.#sendAll(Buffer.concat([dataHead(id, part.length, 0), part]))
        }
      },
      sendEnd: () => this.#sendAll(dataHead(id, 0, flagFin)),
      reset: () => this.#send(controlFrame(frameTypes.rstStream, words(id, protocolError))),
    })
    this.#streams.set(id, stream)
    stream.once('close', () => this.#streams.delete(id))
    return stream
  }

  #send(bytes: Buffer): void {
    if (this.#socket.writableLength > mostUnread) this.#socket.destroy()
    else if (this.#socket.writable) this.#socket.write(bytes)
  }

  #sendAll(bytes: Buffer): Promise<void> {
    if (!this.#socket.writable) return Promise.reject(new Error('the connection is closed'))
    return new Promise((resolve, reject) => this.#socket.write(bytes, (error) => (error ? reject(error) : resolve())))
  }
}
