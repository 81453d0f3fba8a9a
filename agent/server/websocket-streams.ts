import { PassThrough, Writable } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import { drained } from '../../shared/platform/drained.ts'
import type { RemoteStreams, TerminalSize } from './remote-command.ts'

export interface WebSocketStreamsOptions {
  readonly socket: WebSocket
  /** `v5.channel.k8s.io` or `v4.channel.k8s.io` */
  readonly protocol: string
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
}

export const channelProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const

const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const

/** Exec and attach over one WebSocket: the first byte of each message names the channel. Version 5 can end stdin. */
export const webSocketStreams = (options: WebSocketStreamsOptions): RemoteStreams => {
  const { socket } = options
  const stdin = options.stdin ? new PassThrough() : undefined
  const gone = new AbortController()
  const resizers: ((size: TerminalSize) => void)[] = []
  let size: TerminalSize | undefined
  const send = (channel: number, data: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      const message = Buffer.concat([Buffer.of(channel), data])
      socket.send(message, (error) => (error ? reject(error) : resolve()))
    })

  socket.on('message', (raw: RawData) => {
    const message = bytesOf(raw)
    const [channel] = message
    const data = message.subarray(1)
    if (channel === channels.stdin && stdin && !stdin.writableEnded) {
      if (!stdin.write(data)) void holdBack(socket, stdin)
    } else if (channel === channels.resize) {
      const { Width: width, Height: height } = JSON.parse(data.toString('utf8')) as { Width: number; Height: number }
      size = { width, height }
      for (const resize of resizers) resize(size)
    } else if (channel === channels.close && data[0] === channels.stdin) stdin?.end()
  })
  socket.on('close', () => {
    gone.abort()
    stdin?.destroy()
  })
  socket.on('error', () => socket.terminate())
  stdin?.on('error', () => undefined)

  const output = (channel: number) =>
    new Writable({ write: (chunk: Buffer, _encoding, callback) => void send(channel, chunk).then(() => callback(), callback) })
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
      await send(channels.error, Buffer.from(JSON.stringify(status)))
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

export const bytesOf = (raw: RawData): Buffer =>
  Buffer.isBuffer(raw) ? raw : Array.isArray(raw) ? Buffer.concat(raw) : Buffer.from(raw)
