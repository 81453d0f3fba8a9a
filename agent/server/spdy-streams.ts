import { plainStatus, type RemoteStreams } from './remote-command.ts'
import type { SpdyConnection } from './spdy/connection.ts'
import type { SpdyStream } from './spdy/stream.ts'
import { TerminalSizeReader } from './terminal-size.ts'

export interface SpdyStreamsOptions {
  readonly connection: SpdyConnection
  /** one of `remoteCommandProtocols` */
  readonly protocol: string
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tty: boolean
}

interface SpdyProtocol {
  /** A terminal has a stream for its sizes. */
  readonly resizes: boolean
  /** The end is told as a Status in JSON; else by its message, and nothing at all when it was a success. */
  readonly jsonStatus: boolean
}

/** Upstream's by name. The first one's known faults (it closed stdin and the error stream at once) are not played. */
const protocols: Readonly<Record<string, SpdyProtocol>> = {
  'v4.channel.k8s.io': { resizes: true, jsonStatus: true },
  'v3.channel.k8s.io': { resizes: true, jsonStatus: false },
  'v2.channel.k8s.io': { resizes: false, jsonStatus: false },
  'channel.k8s.io': { resizes: false, jsonStatus: false },
}
export const remoteCommandProtocols: readonly string[] = Object.keys(protocols)

const creationTimeoutMs = 30_000

/** Exec and attach over SPDY: the client opens one stream for each of its ends, named by the header streamtype. */
export const spdyStreams = async (options: SpdyStreamsOptions): Promise<RemoteStreams> => {
  const { connection, tty } = options
  const { resizes, jsonStatus } = protocols[options.protocol]!
  const wanted = new Set([
    'error',
    ...(['stdin', 'stdout', 'stderr'] as const).filter((name) => options[name]),
    ...(tty && resizes ? ['resize'] : []),
  ])
  const streams = await collect(connection, wanted)
  const gone = new AbortController()
  connection.once('close', () => gone.abort())
  return {
    stdin: streams.get('stdin'),
    stdout: streams.get('stdout'),
    stderr: streams.get('stderr'),
    onResize: (listener) => {
      const sizes = new TerminalSizeReader()
      streams.get('resize')?.on('data', (chunk: Buffer) => {
        for (const size of sizes.push(chunk)) listener(size)
      })
    },
    finish: async (status) => {
      const ends = [...streams].filter(([name]) => name !== 'error' && name !== 'stdin').map(([, stream]) => ended(stream))
      const error = streams.get('error')!
      error.end(jsonStatus ? JSON.stringify(status) : plainStatus(status))
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
      if (!wanted.has(type) || streams.has(type)) return void stream.destroy()
      streams.set(type, stream)
      if (streams.size < wanted.size) return
      clearTimeout(late)
      resolve(streams)
    })
  })
