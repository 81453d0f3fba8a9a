import { once } from 'node:events'
import { connect, constants } from 'node:http2'
import { type RequestOptions, request } from 'node:https'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type HttpServer, serve } from '../../local/http-server.ts'
import type { ApiHandler } from '../../shared/apiserver/request.ts'
import { createAuthority, issue, type KeyPair } from '../../shared/identity/certificates.ts'
import { signRequestBy } from '../../shared/identity/sign-request.ts'
import { isReason } from '../../shared/meta/status.ts'
import { createLogger } from '../../shared/platform/log.ts'
import { requestContent } from '../../shared/resources/certificates/request-content.ts'
import { newSigningRequest } from '../shared/apiserver/new-signing-request.ts'

let authority: KeyPair
let server: KeyPair
let client: KeyPair
beforeAll(async () => {
  authority = await createAuthority('test')
  server = await issue(authority, { name: 'api', dnsNames: ['localhost'], addresses: ['127.0.0.1'], usage: 'server' })
  client = await issue(authority, { name: 'alice', groups: ['system:masters', 'dev'], usage: 'client' })
})

const open: HttpServer[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()))
})

const start = async (handle: ApiHandler, port = 0) => {
  const started = await serve({
    handle,
    port,
    hosts: ['127.0.0.1'],
    tls: { cert: server.certificate, key: server.key, ca: authority.certificate },
    log: createLogger({ write: (line) => expect.fail(line), level: 'error' }),
  })
  open.push(started)
  return started
}
const json = (value: unknown) => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(value)),
})

const overHttp2 = async (port: number, headers: Record<string, string>, options: { body?: string; identity?: KeyPair } = {}) => {
  const session = connect(`https://127.0.0.1:${port}`, {
    ca: authority.certificate,
    ...(options.identity ? { cert: options.identity.certificate, key: options.identity.key } : {}),
  })
  const stream = session.request({ ':path': '/', ...headers })
  stream.end(options.body)
  const [response] = (await once(stream, 'response')) as [Record<string, string>]
  return { session, stream, response }
}
const overHttp1 = (port: number, options: RequestOptions) =>
  request({ host: '127.0.0.1', port, ca: authority.certificate, ...options })

describe('HTTP server', () => {
  it('gives a request to the handler and its answer back, over HTTP/2 and HTTP/1.1', async () => {
    const { port } = await start(async (received) =>
      json({
        method: received.method,
        path: received.path,
        query: [...received.query],
        accept: received.header('accept'),
        peer: received.peer ?? null,
        body: Buffer.from(await received.body(100)).toString(),
      }),
    )
    const expected = {
      method: 'POST',
      path: '/a%20b',
      query: [
        ['c', 'd e'],
        ['c', 'f'],
      ],
      accept: 'x',
      body: 'hello',
    }
    const http2 = await overHttp2(
      port,
      { ':method': 'POST', ':path': '/a%20b?c=d+e&c=f', accept: 'x' },
      { body: 'hello', identity: client },
    )
    expect(JSON.parse(await text(http2.stream))).toEqual({
      ...expected,
      peer: { name: 'alice', groups: ['system:masters', 'dev'] },
    })
    http2.session.close()

    const http1 = overHttp1(port, { method: 'POST', path: '/a%20b?c=d+e&c=f', headers: { accept: 'x' } }).end('hello')
    const [response] = await once(http1, 'response')
    expect(JSON.parse(await text(response))).toEqual({ ...expected, peer: null })
  })

  it('keeps lines of one header apart, whose values may have commas', async () => {
    const { port } = await start(async ({ rawHeaders = [] }) => {
      const isGroup = (_: string, index: number) =>
        index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'impersonate-group'
      return json(rawHeaders.filter(isGroup))
    })
    const groups = ['cn=a, ou=b', 'dev']
    const session = connect(`https://127.0.0.1:${port}`, { ca: authority.certificate })
    const stream = session.request({ ':path': '/', 'impersonate-group': groups })
    expect(JSON.parse(await text(stream))).toEqual(groups)
    session.close()
    const [response] = await once(overHttp1(port, { headers: { 'Impersonate-Group': groups } }).end(), 'response')
    expect(JSON.parse(await text(response))).toEqual(groups)
  })

  it.each([
    ['its subject', { name: 'jane', groups: ['dev', 'ops'] }, ['client auth'], { name: 'jane', groups: ['dev', 'ops'] }],
    ['no groups', { name: 'jane' }, ['client auth', 'digital signature'], { name: 'jane', groups: [] }],
    ['the last of its names', { name: ['system:admin', 'jane'] }, ['client auth'], { name: 'jane', groups: [] }],
    ['nobody without a name', { groups: ['system:masters'] }, ['client auth'], null],
    ['nobody when it is to serve', { name: 'jane' }, ['server auth'], null],
  ])('takes who has a certificate that was asked for by a request for %s', async (_, wanted, usages, peer) => {
    const { port } = await start(async (received) => json(received.peer ?? null))
    const { request: asked, key } = await newSigningRequest(wanted)
    const { whole } = requestContent(Buffer.from(asked, 'base64').toString())
    const certificate = await signRequestBy(authority, Date.now)({ request: whole, usages, lifetimeSeconds: 600 })
    const { session, stream } = await overHttp2(port, {}, { identity: { certificate, key } })
    expect(JSON.parse(await text(stream))).toEqual(peer)
    session.close()
  })

  it('does not believe a certificate of another authority', async () => {
    const { port } = await start(async (received) => json(received.peer ?? null))
    const stranger = await issue(await createAuthority('test'), { name: 'mallory', groups: ['system:masters'], usage: 'client' })
    const { session, stream } = await overHttp2(port, {}, { identity: stranger })
    expect(await text(stream)).toBe('null')
    session.close()
  })

  it('refuses bodies over the limit, announced or not', async () => {
    const { port } = await start(async (received) => {
      const refused = await received.body(4).catch((error: unknown) => isReason(error, 'RequestEntityTooLarge'))
      return json(refused)
    })
    const announced = await overHttp2(port, { ':method': 'POST', 'content-length': '5' }, { body: 'hello' })
    expect(await text(announced.stream)).toBe('true')
    announced.session.close()
    const chunked = await overHttp2(port, { ':method': 'POST' }, { body: 'hello' })
    expect(await text(chunked.stream)).toBe('true')
    chunked.session.close()
  })

  it('flushes headers and each chunk, and tells the source when the client has gone', async () => {
    const gone = Promise.withResolvers<void>()
    const more = Promise.withResolvers<void>()
    const { port } = await start(async ({ signal }) => ({
      status: 200,
      headers: {},
      body: (async function* () {
        await more.promise
        yield Buffer.from('first')
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        gone.resolve()
      })(),
    }))
    const { session, stream, response } = await overHttp2(port, {})
    expect(response[':status']).toBe(200)
    more.resolve()
    expect(String(await once(stream, 'data'))).toBe('first')
    stream.close(constants.NGHTTP2_CANCEL)
    await gone.promise
    session.close()
  })

  it('holds the source back when the client does not read', async () => {
    let sent = 0
    const { port } = await start(async () => ({
      status: 200,
      headers: {},
      body: (async function* () {
        while (sent++ < 1000) yield Buffer.alloc(64 * 1024)
      })(),
    }))
    const { session, stream } = await overHttp2(port, {})
    await expect.poll(() => sent).toBeGreaterThan(0)
    let before: number
    do {
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 50))
    } while (sent !== before)
    expect(sent).toBeLessThan(100)
    stream.destroy()
    session.close()
  })

  it('goes on after bodies that nobody read', async () => {
    const { port } = await start(async () => json('refused'))
    const session = connect(`https://127.0.0.1:${port}`, { ca: authority.certificate, maxSessionMemory: 100 })
    for (let round = 0; round < 10; round++) {
      const stream = session.request({ ':method': 'POST' })
      stream.on('error', () => undefined)
      stream.end(Buffer.alloc(3 << 20))
      expect(await text(stream)).toBe('"refused"')
    }
    session.close()
  })

  it('says 500 over HTTP/2 where somebody answered with a code that it has no room for', async () => {
    const { port } = await start(async () => ({ ...json({ code: 777 }), status: 777 }))
    const { session, stream, response } = await overHttp2(port, {})
    expect([response[':status'], await text(stream)]).toEqual([500, '{"code":777}'])
    session.destroy()
  })

  it('answers HEAD without a body', async () => {
    const { port } = await start(async () => json('hello'))
    const { session, stream, response } = await overHttp2(port, { ':method': 'HEAD' })
    expect(response['content-length']).toBe('7')
    expect(await text(stream)).toBe('')
    session.close()
  })

  it('lets go of a connection whose upgrade was refused, though more was sent on it than anybody reads', async () => {
    let closed: Promise<unknown> | undefined
    const { port } = await start(async ({ upgrade }) => {
      closed = once(upgrade!.socket, 'close')
      return { status: 403, headers: {}, body: Buffer.from('no') }
    })
    const socket = connectTls({ host: '127.0.0.1', port, ca: authority.certificate, ALPNProtocols: ['http/1.1'] })
    await once(socket, 'secureConnect')
    socket.write('GET / HTTP/1.1\r\nHost: api\r\nConnection: Upgrade\r\nUpgrade: any\r\n\r\n')
    socket.end(Buffer.alloc(200_000, 'x'))
    expect(await text(socket)).toContain('403 Forbidden')
    await closed
  })

  it('hands over the connection of an upgrade, or answers it', async () => {
    const { port } = await start(async ({ path, upgrade }) => {
      if (path === '/no') return { ...json('no'), status: 403 }
      upgrade!.socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
      upgrade!.socket.pipe(upgrade!.socket)
      return { status: 101, headers: {}, body: new Uint8Array() }
    })
    const headers = { connection: 'Upgrade', upgrade: 'echo' }
    const refused = overHttp1(port, { path: '/no', headers }).end()
    const [response] = await once(refused, 'response')
    expect([response.statusCode, await text(response)]).toEqual([403, '"no"'])

    const taken = overHttp1(port, { path: '/yes', headers }).end()
    const [, socket] = await once(taken, 'upgrade')
    socket.write('hello')
    expect(String(await once(socket, 'data'))).toBe('hello')
    socket.destroy()
  })

  it('says that a port is taken', async () => {
    const { port } = await start(async () => json(1))
    await expect(start(async () => json(1), port)).rejects.toThrow(
      `port ${port} on 127.0.0.1 is already in use by another program`,
    )
  })

  it('cuts what does not end when it closes', async () => {
    const { port } = await start(async ({ signal }) => ({
      status: 200,
      headers: {},
      body: (async function* () {
        yield Buffer.from('x')
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      })(),
    }))
    const { session, stream } = await overHttp2(port, {})
    stream.on('error', () => undefined)
    session.on('error', () => undefined)
    const closed = once(stream, 'close').catch(() => undefined)
    await Promise.all(open.splice(0).map((each) => each.close()))
    await closed
  })
})
