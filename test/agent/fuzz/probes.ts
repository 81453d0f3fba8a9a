import { once } from 'node:events'
import { createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, connect, createServer } from 'node:net'
import { grpcProbe } from '../../../agent/probes/grpc-probe.ts'
import { httpProbe } from '../../../agent/probes/http-probe.ts'
import { tcpProbe } from '../../../agent/probes/tcp-probe.ts'
import type { FuzzRandom } from './fuzz-random.ts'
import type { FuzzTarget } from './fuzz-target.ts'

const host = '127.0.0.1'
const timeoutMs = 1000
const together = 50

type Probe = (port: number) => Promise<{ ok: boolean; output: string }>

/** A server that says something and is gone; a probe of it says that it is well or not, and never more. */
const probing = async (probe: Probe, valid: readonly Buffer[]): Promise<FuzzTarget> => {
  let next = () => valid[0]!
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', () => socket.end(next()))
  })
  server.listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const probeOnce = async () => {
    const { ok, output } = await probe(port)
    if (typeof ok !== 'boolean' || typeof output !== 'string') throw new Error('no verdict')
  }
  return {
    feed: async (random: FuzzRandom, count) => {
      next = () => random.input(valid)
      for (let left = count; left > 0; left -= together)
        await Promise.all(Array.from({ length: Math.min(together, left) }, probeOnce))
    },
    alive: async () => {
      next = () => valid[0]!
      const { ok, output } = await probe(port)
      if (!ok) throw new Error(`a good answer is taken for a bad one: ${output}`)
    },
    close: async () => void server.close(),
  }
}

const http = (head: string, body = '') => Buffer.from(`HTTP/1.1 ${head}\r\n\r\n${body}`)

/** The loop of probes takes it for a try that told nothing. What has no code is a fault of ours. */
const brokenOff = (error: NodeJS.ErrnoException) => {
  if (error.code === undefined) throw error
  return { ok: false, output: error.message }
}

export const httpProbes = () =>
  probing(
    (port) =>
      httpProbe({ action: { port, path: '/healthz' }, container: { name: 'x' }, podIP: host, timeoutMs, purpose: 'probe' }).catch(
        brokenOff,
      ),
    [
      http('200 OK\r\nContent-Length: 2', 'ok'),
      http('200 OK\r\nTransfer-Encoding: chunked', '2\r\nok\r\n0\r\nX: y\r\n\r\n'),
      http('302 Found\r\nLocation: http://[::1'),
      http('302 Found\r\nLocation: gopher://x/%zz'),
      http('100 Continue\r\n\r\nHTTP/1.1 503 Busy'),
      http('101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade'),
      http('200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99999999999', 'x'),
    ],
  )

/** What a right gRPC server says, as bytes. */
const recordGrpc = async (): Promise<Buffer> => {
  const server = createHttp2Server()
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': '50%' }))
    stream.end(Buffer.from([0, 0, 0, 0, 2, 8, 1]))
  })
  server.listen(0, host)
  await once(server, 'listening')
  const chunks: Buffer[] = []
  // The probe speaks through us.
  const between = createServer((near) => {
    const far = connect((server.address() as AddressInfo).port, host)
    for (const socket of [near, far]) socket.on('error', () => undefined)
    far.on('data', (chunk) => chunks.push(chunk))
    near.pipe(far).pipe(near)
  })
  between.listen(0, host)
  await once(between, 'listening')
  await grpcProbe({ host, port: (between.address() as AddressInfo).port, service: '', timeoutMs })
  between.close()
  server.close()
  return Buffer.concat(chunks)
}

export const grpcProbes = async () =>
  probing((port) => grpcProbe({ host, port, service: 'orders', timeoutMs }), [await recordGrpc()])

export const tcpProbes = () => probing((port) => tcpProbe(host, port, timeoutMs), [Buffer.from('hello')])
