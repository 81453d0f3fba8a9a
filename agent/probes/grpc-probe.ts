import { connect } from 'node:http2'
import { dialError } from '../../shared/platform/dial-error.ts'
import type { ProbeOutcome } from './probe.ts'

export interface GrpcProbeOptions {
  readonly host: string
  readonly port: number
  /** '' asks for the server as a whole */
  readonly service: string
  readonly timeoutMs: number
}

const serving = 1
const statusNames = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']
const unimplemented = '12'
const closed = 'rpc error: code = Unavailable desc = error reading from server: EOF'
/** a health answer has a few bytes */
const longestBody = 4096

/** One call of grpc.health.v1.Health/Check, without TLS. */
export const grpcProbe = ({ host, port, service, timeoutMs }: GrpcProbeOptions): Promise<ProbeOutcome> =>
  new Promise((resolve) => {
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
    const seconds = `${timeoutMs / 1000}s`
    const session = connect(`http://${address}`)
    const end = (output: string) => {
      clearTimeout(late)
      session.destroy()
      resolve({ ok: output === '', output })
    }
    let connected = false
    const late = setTimeout(() => {
      const slow = connected
        ? `health rpc did not complete within ${seconds}`
        : `failed to connect service "${address}" within ${seconds}`
      end(`timeout: ${slow}`)
    }, timeoutMs)
    session.once('connect', () => {
      connected = true
    })
    session.on('error', (error) => end(`error: failed to connect service at "${address}": ${dialError(error, address)}`))
    // An answer that came whole is read by then.
    session.on('close', () => setImmediate(() => end(`error: health rpc probe failed: ${closed}`)))
    const call = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      'user-agent': 'kube-probe/1.35',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    let trailers: Record<string, unknown> = {}
    const read = (headers: Record<string, unknown>) => {
      trailers = { ...trailers, ...headers }
    }
    call.on('response', read)
    call.on('trailers', read)
    let length = 0
    call.on('data', (chunk: Buffer) => {
      if (length < longestBody) chunks.push(chunk)
      length += chunk.length
    })
    call.on('error', (error) => {
      // Without a connection the session tells why.
      if (connected) end(`error: health rpc probe failed: ${error.message}`)
    })
    call.once('end', () => setImmediate(() => end(verdict(trailers, Buffer.concat(chunks)))))
    call.end(healthCheckRequest(service))
  })

/** A gRPC message: not compressed, its length, then field 1, a string. */
const healthCheckRequest = (service: string): Buffer => {
  const name = Buffer.from(service)
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name])
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)])

/** '' is healthy */
const verdict = (headers: Record<string, unknown>, body: Buffer): string => {
  const code = String(headers['grpc-status'] ?? '')
  const message = percentDecoded(String(headers['grpc-message'] ?? ''))
  if (code === unimplemented) {
    return `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${message}`
  }
  if (code !== '0') return `error: health rpc probe failed: rpc error: code = ${code} desc = ${message}`
  // Field 1, a varint; left out it is 0.
  const status = body[5] === 0x08 ? (body[6] ?? 0) : 0
  return status === serving ? '' : `service unhealthy (responded with "${statusNames[status] ?? status}")`
}

/** As gRPC wants it: what is no escape stands for itself. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses */
const percentDecoded = (text: string): string => {
  const bytes = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
