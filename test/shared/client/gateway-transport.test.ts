import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { createGatewayTransport } from '../../../shared/client/gateway-transport.ts'

const start = async (listener: RequestListener, timeoutMs?: number) => {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  let tokens = 0
  const transport = createGatewayTransport({
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}/prod`,
    token: async () => `token-${++tokens}`,
    userAgent: 'test',
    timeoutMs,
  })
  onTestFinished(() => {
    transport.close()
    server.closeAllConnections()
    server.close()
  })
  return { transport, server }
}
const whole = (body: Uint8Array | AsyncIterable<Uint8Array>) => text(body as AsyncIterable<Uint8Array>)

it('asks below the prefix, each time with the token of the moment', async () => {
  const seen: unknown[] = []
  const { transport } = await start(async (request, response) => {
    seen.push([request.method, request.url, request.headers.authorization, request.headers['content-type'], await text(request)])
    response.writeHead(201).end('made')
  })
  const body = Buffer.from('{}')
  const { status, body: answer } = await transport({
    method: 'PATCH',
    url: '/api/v1/pods?a=b',
    contentType: 'application/json',
    body,
  })
  expect([status, await whole(answer)]).toEqual([201, 'made'])
  await whole((await transport({ method: 'GET', url: '/version' })).body)
  expect(seen).toEqual([
    ['PATCH', '/prod/api/v1/pods?a=b', 'Bearer token-1', 'application/json', '{}'],
    ['GET', '/prod/version', 'Bearer token-2', undefined, ''],
  ])
})

it('hands on an answer as it comes, and ends it when nobody wants it any more', async () => {
  const { transport } = await start((_request, response) => {
    response.write('first\n')
  })
  const stopping = new AbortController()
  const { body } = await transport({ method: 'GET', url: '/x', signal: stopping.signal })
  const chunks = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
  expect(String((await chunks.next()).value)).toBe('first\n')
  stopping.abort()
  expect((await chunks.next()).done).toBe(true)
})

it.each([
  ['is not there', (): RequestListener => (request) => request.socket.destroy(), 'socket hang up'],
  ['is silent', (): RequestListener => () => undefined, 'no answer within 200 ms'],
])('says that the server can not be reached when it %s', async (_what, listener, message) => {
  const { transport } = await start(listener(), 200)
  await expect(transport({ method: 'GET', url: '/x' })).rejects.toMatchObject({
    reason: 'ServiceUnavailable',
    message: expect.stringContaining(message),
  })
})

it('fails when the connection breaks in the middle of an answer', async () => {
  const { transport } = await start((_request, response) => {
    response.write('first\n')
    setImmediate(() => response.destroy())
  })
  const { body } = await transport({ method: 'GET', url: '/x' })
  await expect(whole(body)).rejects.toMatchObject({ reason: 'ServiceUnavailable' })
})

it('does not begin what is given up already', async () => {
  const { transport } = await start((_request, response) => response.end())
  await expect(transport({ method: 'GET', url: '/x', signal: AbortSignal.abort() })).rejects.toMatchObject({
    reason: 'ServiceUnavailable',
  })
})
