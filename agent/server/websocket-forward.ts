import { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { badRequest } from '../../shared/meta/status.ts'
import { joinStreams } from './join-streams.ts'
import type { PortForwardOptions } from './port-forward.ts'
import { openChannels } from './websocket-channels.ts'

/** Sub-protocols of port-forward with a pair of channels for each port; '' is a client that names none. */
export const forwardProtocols: readonly string[] = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io', '']

/** The ports of a WebSocket are in its address; each may be a list. Throws ApiError. */
export const forwardedPorts = (query: URLSearchParams): number[] => {
  const lists = query.getAll('port')
  if (lists.length === 0) throw badRequest('query parameter "port" is required')
  return lists.flatMap((list) => {
    if (list === '') throw badRequest('query parameter "port" cannot be empty')
    return list.split(',').map((text) => {
      const wrong = !/^\d+$/.test(text) ? 'invalid syntax' : Number(text) > 65_535 ? 'value out of range' : undefined
      if (wrong) {
        const why = `strconv.ParseUint: parsing ${JSON.stringify(text)}: ${wrong}`
        throw badRequest(`unable to parse ${JSON.stringify(list)} as a port: ${why}`)
      }
      if (Number(text) < 1) throw badRequest(`port ${JSON.stringify(list)} must be > 0`)
      return Number(text)
    })
  })
}

export interface WebSocketForwardOptions extends Pick<PortForwardOptions, 'connect' | 'pod'> {
  readonly socket: WebSocket
  /** one of `forwardProtocols` */
  readonly protocol: string
  readonly ports: readonly number[]
}

/**
 * One connection to each port: channel 2n carries its data, channel 2n+1 what went wrong; both begin with the port, two bytes, the
 * lower one first.
 */
export const serveWebSocketForward = async (options: WebSocketForwardOptions): Promise<void> => {
  const { socket, ports } = options
  const streams: Duplex[] = []
  const send = openChannels({
    socket,
    base64: options.protocol.includes('base64'),
    receive: (channel, data) => {
      const stream = channel % 2 === 0 ? streams[channel / 2] : undefined
      if (stream && !stream.destroyed && !stream.push(data)) socket.pause()
    },
  })
  socket.on('error', () => socket.terminate())
  streams.push(...ports.map((_, index) => channelStream(socket, (data) => send(2 * index, data))))
  socket.on('close', () => {
    for (const stream of streams) stream.destroy()
  })
  const forwards = ports.map(async (port, index) => {
    const name = Buffer.of(port & 255, port >> 8)
    await send(2 * index, name)
    await send(2 * index + 1, name)
    const failure = await forward(options, port, streams[index]!)
    if (failure) await send(2 * index + 1, Buffer.from(failure))
  })
  // What could not be sent is nobody's any more.
  await Promise.allSettled(forwards)
  socket.close(1000)
}

const channelStream = (socket: WebSocket, send: (data: Buffer) => Promise<void>): Duplex => {
  const stream = new Duplex({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, callback) => void send(chunk).then(() => callback(), callback),
  })
  return stream.on('error', () => undefined)
}

/** Resolves when the connection has ended, with words for the user when it did not end well. */
const forward = async ({ connect, pod }: WebSocketForwardOptions, port: number, stream: Duplex): Promise<string | undefined> => {
  try {
    await joinStreams(stream, await connect(port))
    return undefined
  } catch (error) {
    return `error forwarding port ${port} to pod ${pod}: ${error instanceof Error ? error.message : error}`
  }
}
