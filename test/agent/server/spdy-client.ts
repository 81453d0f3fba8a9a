import type { Duplex } from 'node:stream'
import { controlFrame, dataHead, FrameReader, flagFin, frameTypes, words } from '../../../agent/server/spdy/frame.ts'
import { HeaderCodec, type Headers } from '../../../agent/server/spdy/header-codec.ts'

export interface ClientStream {
  readonly id: number
  readonly received: Buffer[]
  replied: boolean
  ended: boolean
  reset: boolean
}

/** The client's end of a SPDY connection, as much as a test needs. */
export class SpdyClient {
  readonly streams = new Map<number, ClientStream>()
  pings = 0
  goneAway = false
  readonly #socket: Duplex
  readonly #codec = new HeaderCodec()
  readonly #reader = new FrameReader()
  #nextId = 1

  constructor(socket: Duplex) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      for (const frame of this.#reader.push(chunk)) {
        if (frame.type === 'data') {
          const stream = this.streams.get(frame.streamId)!
          if (frame.payload.length > 0) stream.received.push(Buffer.from(frame.payload))
          if (frame.flags & flagFin) stream.ended = true
        } else if (frame.type === frameTypes.synReply) this.streams.get(frame.payload.readUInt32BE(0))!.replied = true
        else if (frame.type === frameTypes.rstStream) this.streams.get(frame.payload.readUInt32BE(0))!.reset = true
        else if (frame.type === frameTypes.ping) this.pings++
        else if (frame.type === frameTypes.goAway) this.goneAway = true
      }
    })
  }

  async open(headers: Headers): Promise<ClientStream> {
    const id = this.#nextId
    this.#nextId += 2
    const stream: ClientStream = { id, received: [], replied: false, ended: false, reset: false }
    this.streams.set(id, stream)
    const head = Buffer.concat([words(id, 0), Buffer.from([0, 0])])
    this.#socket.write(controlFrame(frameTypes.synStream, Buffer.concat([head, await this.#codec.encode(headers)])))
    return stream
  }

  send({ id }: ClientStream, data: Buffer | string, end = false): void {
    const bytes = Buffer.from(data)
    this.#socket.write(Buffer.concat([dataHead(id, bytes.length, end ? flagFin : 0), bytes]))
  }

  ping(): void {
    this.#socket.write(controlFrame(frameTypes.ping, words(1)))
  }

  text({ received }: ClientStream): string {
    return Buffer.concat(received).toString()
  }
}
