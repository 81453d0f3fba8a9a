import { PassThrough, Writable } from 'node:stream'
import type { WebSocket } from 'ws'
import { drained } from '../../shared/platform/drained.ts'
import { plainStatus, type RemoteStreams, type TerminalSize } from './remote-command.ts'
import { TerminalSizeReader } from './terminal-size.ts'
import { openChannels } from './websocket-channels.ts'

interface ChannelProtocol {
  readonly base64: boolean
  /** The end is told as a Status in JSON; else by its message, and nothing at all when it was a success. */
  readonly jsonStatus: boolean
  /** Channel 255 ends another one. */
  readonly closes: boolean
}

/** Upstream's sub-protocols by name; '' is a client that names none. https://pkg.go.dev/k8s.io/apimachinery/pkg/util/remotecommand */
const protocols: Readonly<Record<string, ChannelProtocol>> = {
  'v5.channel.k8s.io': { base64: false, jsonStatus: true, closes: true },
  'v4.channel.k8s.io': { base64: false, jsonStatus: true, closes: false },
  'v4.base64.channel.k8s.io': { base64: true, jsonStatus: true, closes: false },
  'channel.k8s.io': { base64: false, jsonStatus: false, closes: false },
  'base64.channel.k8s.io': { base64: true, jsonStatus: false, closes: false },
  '': { base64: false, jsonStatus: false, closes: false },
}
export const channelProtocols: readonly string[] = Object.keys(protocols)

export interface WebSocketStreamsOptions {
  readonly socket: WebSocket
  /** one of `channelProtocols` */
  readonly protocol: string
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
}

const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const

/** Exec and attach over one WebSocket. */
export const webSocketStreams = (options: WebSocketStreamsOptions): RemoteStreams => {
  const { socket } = options
  const { base64, jsonStatus, closes } = protocols[options.protocol]!
  const stdin = options.stdin ? new PassThrough() : undefined
  const gone = new AbortController()
  const resizers: ((size: TerminalSize) => void)[] = []
  const sizes = new TerminalSizeReader()
  let size: TerminalSize | undefined

  /** false: the client does not keep to the protocol */
  const endChannel = (data: Buffer): boolean => {
    const [channel] = data
    if (data.length !== 1 || channel! > channels.resize) return false
    if (channel === channels.stdin) stdin?.end()
    return true
  }
  const receive = (channel: number, data: Buffer) => {
    if (closes && channel === channels.close) {
      if (!endChannel(data)) socket.terminate()
    } else if (channel === channels.stdin && stdin && !stdin.writableEnded && !stdin.destroyed) {
      if (!stdin.write(data)) void holdBack(socket, stdin)
    } else if (channel === channels.resize) {
      for (const next of sizes.push(data)) {
        size = next
        for (const resize of resizers) resize(next)
      }
    }
  }
  const send = openChannels({ socket, base64, receive })
  socket.on('close', () => {
    gone.abort()
    stdin?.destroy()
  })
  socket.on('error', () => socket.terminate())
  stdin?.on('error', () => undefined)

  // What can't be sent any more is told by the socket's close; the pipeline that fed it may be over by then and hear no error.
  const output = (channel: number) =>
    new Writable({
      write: (chunk: Buffer, _encoding, callback) => void send(channel, chunk).then(() => callback(), callback),
    }).on('error', () => undefined)
  // A message without content on the first channel that can be read tells the client that the connection stands.
  const first = options.stdout ? channels.stdout : options.stderr ? channels.stderr : channels.error
  send(first, new Uint8Array()).catch(() => socket.terminate())
  return {
    stdin,
    stdout: options.stdout ? output(channels.stdout) : undefined,
    stderr: options.stderr ? output(channels.stderr) : undefined,
    onResize: (listener) => {
      resizers.push(listener)
      // A client tells its size as soon as the connection stands, which may be before the process is there.
      if (size) listener(size)
    },
    finish: async (status) => {
      const text = jsonStatus ? JSON.stringify(status) : plainStatus(status)
      // Whoever has gone needs not be told.
      if (text !== '') await send(channels.error, Buffer.from(text)).catch(() => socket.terminate())
      socket.close(1000)
    },
    signal: gone.signal,
  }
}

const holdBack = async (socket: WebSocket, stdin: PassThrough) => {
  socket.pause()
  await drained(stdin)
  socket.resume()
}
