import type { RemoteStreams } from './remote-command.ts'
import type { SpdyConnection } from './spdy/connection.ts'
import type { SpdyStream } from './spdy/stream.ts'

export interface SpdyStreamsOptions {
  readonly connection: SpdyConnection
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tty: boolean
}

export const remoteCommandProtocols = ['v4.channel.k8s.io'] as const

const creationTimeoutMs = 30_000

/** Exec and attach over SPDY: the client opens one stream for each of its ends, named by the header streamtype. */
export const spdyStreams = async (options: SpdyStreamsOptions): Promise<RemoteStreams> => {
  const { connection, tty } = options
  const wanted = new Set([
    'error',
    ...(['stdin', 'stdout', 'stderr'] as const).filter((name) => options[name]),
    ...(tty ? ['resize'] : []),
  ])
  const streams = await collect(connection, wanted)
  const gone = new AbortController()
  connection.once('close', () => gone.abort())
  return {
    stdin: streams.get('stdin'),
    stdout: streams.get('stdout'),
    stderr: streams.get('stderr'),
    onResize: (listener) => {
      let rest = ''
      streams.get('resize')?.on('data', (chunk: Buffer) => {
        const lines = (rest + chunk.toString('utf8')).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          const size = JSON.parse(line) as { Width: number; Height: number }
          listener({ width: size.Width, height: size.Height })
        }
      })
    },
    finish: async (status) => {
      const ends = [...streams].filter(([name]) => name !== 'error' && name !== 'stdin').map(([, stream]) => ended(stream))
      const error = streams.get('error')!
      error.end(JSON.stringify(status))
      await Promise.race([
        Promise.all([...ends, ended(error, false)]),
        new Promise((resolve) => connection.once('close', () => resolve(undefined))),
      ])
      connection.close()
    },
    signal: gone.signal,
  }
}

const ended = (stream: SpdyStream, end = true) =>
  new Promise<void>((resolve) => {
    if (stream.destroyed || stream.writableFinished) return resolve()
    stream.once('finish', resolve)
    stream.once('close', resolve)
    if (end) stream.end()
  })

const collect = (connection: SpdyConnection, wanted: ReadonlySet<string>) =>
  new Promise<Map<string, SpdyStream>>((resolve, reject) => {
    const streams = new Map<string, SpdyStream>()
    const late = setTimeout(() => {
      connection.close()
      reject(new Error('timed out waiting for client to create streams'))
    }, creationTimeoutMs)
    connection.once('close', () => {
      clearTimeout(late)
      reject(new Error('the client closed the connection'))
    })
    connection.on('stream', (stream) => {
      const type = stream.headers.streamtype ?? ''
      if (!wanted.has(type)) return stream.destroy()
      streams.set(type, stream)
      if (streams.size < wanted.size) return
      clearTimeout(late)
      resolve(streams)
    })
  })
