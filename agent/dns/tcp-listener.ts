import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { drained } from '../../shared/platform/drained.ts'
import type { Resolve } from './resolver.ts'
import type { ListenOptions } from './udp-listener.ts'
import { lengthPrefix } from './upstream.ts'

/** also how long a message may take to arrive whole, and an answer to be taken */
const idleMilliseconds = 10_000
const maxConnections = 500
/** one pod must not take the others' */
const maxConnectionsPerSource = 50

export const listenTcp = async (options: ListenOptions): Promise<{ tcp: Server; close: () => Promise<void> }> => {
  const { address, port, resolve, log } = options
  const connections = new Map<Socket, string>()
  const countOf = (source: string) => [...connections.values()].filter((each) => each === source).length
  const tcp = createServer((socket) => {
    const source = socket.remoteAddress ?? ''
    socket.on('error', () => socket.destroy())
    if (countOf(source) >= maxConnectionsPerSource) return void socket.destroy()
    connections.set(socket, source)
    socket.on('close', () => connections.delete(socket))
    answerStream(socket, source, resolve).catch((error: unknown) => {
      if (!socket.destroyed) log.warn('DNS connection failed', { error })
      socket.destroy()
    })
  })
  tcp.maxConnections = maxConnections
  tcp.listen(port, address)
  await once(tcp, 'listening')
  tcp.on('error', (error) => log.warn('DNS server failed', { address, error }))
  const close = () =>
    new Promise<void>((done) => {
      tcp.close(() => done())
      for (const socket of connections.keys()) socket.destroy()
    })
  return { tcp, close }
}

/**
 * Messages on a stream bear their length before them; several may come in one go. They are answered in order. Who takes longer than
 * the idle time over one message, or over taking one answer, has the connection no more: a byte now and then does not hold it.
 */
const answerStream = async (socket: Socket, source: string, resolve: Resolve) => {
  let received: Buffer = Buffer.alloc(0)
  const late = setTimeout(() => socket.destroy(), idleMilliseconds)
  socket.once('close', () => clearTimeout(late))
  for await (const data of socket) {
    received = received.length === 0 ? (data as Buffer) : Buffer.concat([received, data as Buffer])
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0)
      const answer = await resolve(received.subarray(2, end), 'tcp', source)
      received = received.subarray(end)
      if (!answer || socket.destroyed) return socket.destroy()
      if (!socket.write(Buffer.concat([lengthPrefix(answer), answer]))) await drained(socket)
      late.refresh()
    }
  }
}
