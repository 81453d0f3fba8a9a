import { createServer, type Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { grpcProbe } from '../../../agent/probes/grpc-probe.ts'

let server: Http2Server | undefined
afterEach(() => server?.close())

/** Answers health checks: the status of each service, or a gRPC error. */
const serve = async (answer: (service: string) => { status?: number; code?: number; message?: string } | undefined) => {
  server = createServer()
  server.on('stream', (stream) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const body = Buffer.concat(chunks)
      const result = answer(body.length > 5 ? body.toString('utf8', 7) : '')
      if (!result) return
      const { status = 0, code = 0, message = '' } = result
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(code), 'grpc-message': message }))
      stream.end(code === 0 ? Buffer.from([0, 0, 0, 0, 2, 8, status]) : undefined)
    })
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
const probe = (port: number, service = '') => grpcProbe({ host: '127.0.0.1', port, service, timeoutMs: 500 })

it('takes a serving service for fine', async () => {
  const port = await serve((service) => ({ status: service === 'orders' ? 1 : 2 }))
  expect(await probe(port, 'orders')).toEqual({ ok: true, output: '' })
  expect(await probe(port)).toEqual({ ok: false, output: 'service unhealthy (responded with "NOT_SERVING")' })
})

it.each([
  [12, 'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): no such method'],
  [5, 'error: health rpc probe failed: rpc error: code = 5 desc = no such method'],
])('tells of error %i', async (code, output) => {
  const port = await serve(() => ({ code, message: 'no%20such%20method' }))
  expect(await probe(port)).toEqual({ ok: false, output })
})

it.each([
  ['is at 50%', 'is at 50%'],
  ['%zz%c3%bc%', '%zzü%'],
])('reads the message %j of an answer with whatever status', async (message, read) => {
  const failing = await serve(() => ({ code: 2, message }))
  expect((await probe(failing)).output).toBe(`error: health rpc probe failed: rpc error: code = 2 desc = ${read}`)
  server?.close()
  const fine = await serve(() => ({ status: 1, message }))
  expect(await probe(fine)).toEqual({ ok: true, output: '' })
})

it('has a verdict at once of a server that closes the connection', async () => {
  server = createServer()
  server.on('stream', (stream) => stream.session?.destroy())
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  const { ok, output } = await probe((server.address() as AddressInfo).port)
  expect(ok).toBe(false)
  expect(output).toContain('error: health rpc probe failed: ')
})

it('gives up when time is over, or nobody listens', async () => {
  const port = await serve(() => undefined)
  expect((await probe(port)).output).toBe('timeout: health rpc did not complete within 0.5s')
  expect((await probe(1)).output).toBe(
    'error: failed to connect service at "127.0.0.1:1": dial tcp 127.0.0.1:1: connect: connection refused',
  )
})
