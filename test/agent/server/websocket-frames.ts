import { Duplex } from 'node:stream'

/** The client's end of an upgraded WebSocket as a byte stream: binary messages, masked with zeros. */
export const webSocketFrames = (socket: Duplex): Duplex => {
  let rest: Buffer = Buffer.alloc(0)
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, callback) => {
      const head = Buffer.alloc(14)
      head[0] = 0x82
      head[1] = 0x80 | 127
      head.writeBigUInt64BE(BigInt(chunk.length), 2)
      socket.write(Buffer.concat([head, chunk]), callback)
    },
  })
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 2) {
      const short = rest[1]! & 0x7f
      const start = short === 126 ? 4 : short === 127 ? 10 : 2
      if (rest.length < start) return
      const length = short === 126 ? rest.readUInt16BE(2) : short === 127 ? Number(rest.readBigUInt64BE(2)) : short
      if (rest.length < start + length) return
      if ((rest[0]! & 0x0f) <= 2) stream.push(rest.subarray(start, start + length))
      rest = rest.subarray(start + length)
    }
  })
  socket.on('close', () => stream.push(null))
  return stream
}
