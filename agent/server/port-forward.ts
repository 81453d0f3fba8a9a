import type { Socket } from 'node:net'
import { joinStreams } from './join-streams.ts'
import type { SpdyConnection } from './spdy/connection.ts'
import type { SpdyStream } from './spdy/stream.ts'

export const portForwardProtocol = 'portforward.k8s.io'
/** the same over WebSocket, kubectl's default since 1.31 */
export const portForwardTunnelProtocol = 'SPDY/3.1+portforward.k8s.io'

export interface PortForwardOptions {
  readonly connection: SpdyConnection
  /** A connection to a port of the pod; rejects with words for the user. */
  readonly connect: (port: number) => Promise<Socket>
  /** for errors: names the pod */
  readonly pod: string
}

const pairTimeoutMs = 30_000

interface Pair {
  error?: SpdyStream
  data?: SpdyStream
  readonly late: NodeJS.Timeout
}

/** Each forwarded connection is a pair of streams with one request id: `data`, and `error` for what went wrong. */
export const servePortForward = (options: PortForwardOptions): void => {
  const { connection } = options
  const pairs = new Map<string, Pair>()
  connection.on('close', () => {
    for (const { late } of pairs.values()) clearTimeout(late)
  })
  connection.on('stream', (stream) => {
    const { port = '', streamtype, requestid } = stream.headers
    if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65_535 || (streamtype !== 'error' && streamtype !== 'data')) {
      stream.destroy()
      return
    }
    // Old clients send no id: the data stream follows its error stream.
    const id = requestid ?? String(streamtype === 'error' ? stream.id : stream.id - 2)
    const pair: Pair = pairs.get(id) ?? { late: setTimeout(() => giveUp(pairs, id), pairTimeoutMs) }
    pairs.set(id, pair)
    if (pair[streamtype]) {
      pair.error?.write(`error processing stream for request ${id}: ${streamtype} stream already assigned`)
      return void stream.destroy()
    }
    pair[streamtype] = stream
    const { error, data } = pair
    if (!error || !data) return
    clearTimeout(pair.late)
    pairs.delete(id)
    void forward({ ...options, port: Number(port), error, data })
  })
}

const giveUp = (pairs: Map<string, Pair>, id: string) => {
  const pair = pairs.get(id)
  pairs.delete(id)
  pair?.error?.end('error waiting for stream to be created')
  pair?.data?.destroy()
}

interface Forward extends PortForwardOptions {
  readonly port: number
  readonly error: SpdyStream
  readonly data: SpdyStream
}

const forward = async ({ connect, pod, port, error, data }: Forward): Promise<void> => {
  try {
    await joinStreams(data, await connect(port))
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    error.write(`error forwarding port ${port} to pod ${pod}: ${message}`)
  }
  error.end()
  data.end()
}
