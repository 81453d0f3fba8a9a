import { once } from 'node:events'
import { createServer as createPlainServer, type Server as PlainServer } from 'node:http'
import { createServer, type Server } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthority, issue, type KeyPair } from '../../../shared/identity/certificates.ts'
import { dial } from '../../../shared/reach/dial.ts'
import { createDirectReach } from '../../../shared/reach/direct.ts'
import { exchange } from '../../../shared/reach/exchange.ts'
import type { ReachRequest, ReachTls } from '../../../shared/reach/reach.ts'

const noCertificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

describe('a call to a server', () => {
  const reach = createDirectReach({
    addressOf: async () => {
      throw new Error('no services here')
    },
  })
  let server: Server
  let plain: PlainServer
  let authority: KeyPair
  let stranger: KeyPair
  let tls: ReachTls
  const sockets = new Set<TLSSocket>()

  const listen = async (authorityOf: KeyPair, dnsNames: string[], more: object = {}) => {
    const { certificate, key } = await issue(authorityOf, { name: 'hook', dnsNames, usage: 'server' })
    const one = createServer({
      cert: certificate,
      key,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
      ...more,
    })
    one.on('secureConnection', (socket) => sockets.add(socket))
    one.on('request', (message, response) => {
      const { subject } = (message.socket as TLSSocket).getPeerCertificate()
      const { headers, method, url } = message
      if (url === '/hang') return
      if (url === '/half') return response.writeHead(200, { 'content-length': 100 }).write('half', () => message.socket.destroy())
      if (url === '/away') return response.writeHead(302, { location: '/' }).end()
      void text(message).then((body) =>
        response
          .writeHead(200, { 'set-cookie': ['a=1', 'b=2'] })
          .end(JSON.stringify({ method, url, host: headers.host, body, client: subject?.CN, port: message.socket.remotePort })),
      )
    })
    one.listen(0, '127.0.0.1')
    await once(one, 'listening')
    return one
  }
  const portOf = (one: Server | PlainServer) => (one.address() as AddressInfo).port
  const call = async (port: number, request: Partial<ReachRequest> = {}) => {
    const answer = await reach.request(
      { host: '127.0.0.1', port },
      { method: 'GET', path: '/', tls, signal: AbortSignal.timeout(5000), ...request },
    )
    return { ...answer, text: await text(answer.body) }
  }
  const seen = async (port: number, request: Partial<ReachRequest> = {}) => JSON.parse((await call(port, request)).text)

  beforeAll(async () => {
    authority = await createAuthority('hooks')
    stranger = await createAuthority('stranger')
    server = await listen(authority, ['hook.shop.svc'])
    tls = { serverName: 'hook.shop.svc', authorities: authority.certificate }
    plain = createPlainServer((_, response) => response.end('plain'))
    plain.listen(0, '127.0.0.1')
    await once(plain, 'listening')
  })
  afterAll(() => {
    reach.close()
    for (const one of [server, plain]) {
      one.close()
      one.closeAllConnections()
    }
  })

  it('sends method, path, headers and body, and gives the answer', async () => {
    const answer = await call(portOf(server), { method: 'POST', path: '/x?y=%20', body: Buffer.from('hello') })
    expect(answer).toMatchObject({ status: 200, cookies: ['a=1', 'b=2'] })
    expect(JSON.parse(answer.text)).toMatchObject({
      ...{ method: 'POST', url: '/x?y=%20', body: 'hello' },
      host: `hook.shop.svc:${portOf(server)}`,
    })
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'frames a body that is whole, and one that comes in parts: %s',
    async (method) => {
      expect(await seen(portOf(server), { method, body: Buffer.from('whole') })).toMatchObject({ method, body: 'whole' })
      expect(
        await seen(portOf(server), { method, body: Readable.from([Buffer.from('in '), Buffer.from('parts')]) }),
      ).toMatchObject({
        body: 'in parts',
      })
    },
  )

  it('says who is calling', async () => {
    const { certificate, key } = await issue(authority, { name: 'front-proxy', usage: 'client' })
    expect(await seen(portOf(server), { tls: { ...tls, client: { certificate, key } } })).toMatchObject({ client: 'front-proxy' })
    expect((await seen(portOf(server))).client).toBeUndefined()
  })

  it('uses a connection again, but not for who trusts somebody else', async () => {
    const first = await seen(portOf(server))
    expect((await seen(portOf(server))).port).toBe(first.port)
    await expect(seen(portOf(server), { tls: { ...tls, authorities: stranger.certificate } })).rejects.toThrow(
      'unknown authority',
    )
    await expect(seen(portOf(server), { tls: { ...tls, serverName: 'other.shop.svc' } })).rejects.toThrow('not other.shop.svc')
    expect((await seen(portOf(server))).port).toBe(first.port)
  })

  it('does not mind that a server has its authority’s name', async () => {
    const namesake = await createAuthority('hook')
    const other = await listen(namesake, ['hook.shop.svc'])
    const trusted = { ...tls, authorities: `${stranger.certificate}${namesake.certificate}` }
    expect(await seen(portOf(other), { tls: trusted })).toMatchObject({ method: 'GET' })
    const impostor = (await createAuthority('hook')).certificate
    await expect(seen(portOf(other), { tls: { ...tls, authorities: impostor } })).rejects.toThrow('unknown authority')
    // Nobody has looked into a bundle before it is used.
    await expect(seen(portOf(other), { tls: { ...tls, authorities: noCertificate } })).rejects.toThrow('unknown authority')
    for (const bundle of [`${noCertificate}${namesake.certificate}`, `${namesake.certificate}${noCertificate}`])
      await expect(seen(portOf(other), { tls: { ...tls, authorities: bundle } })).resolves.toMatchObject({ method: 'GET' })
    other.close()
    other.closeAllConnections()
  })

  it('does not mind that a kept connection has ended', async () => {
    const before = await seen(portOf(server), { method: 'POST', repeatable: true })
    for (const socket of sockets) socket.destroy()
    const after = await seen(portOf(server), { method: 'POST', repeatable: true })
    expect(after.port).not.toBe(before.port)
  })

  it.each(['000', '099', '101', '199'])('takes no answer with the code %s', async (code) => {
    const odd = createTcpServer((socket) => {
      socket.on('error', () => socket.destroy())
      socket.once('data', () => socket.end(`HTTP/1.1 ${code} Odd\r\nContent-Length: 0\r\n\r\n`))
    }).listen(0, '127.0.0.1')
    await once(odd, 'listening')
    const { port } = odd.address() as AddressInfo
    const signal = AbortSignal.timeout(5000)
    const asked = exchange(
      { host: '127.0.0.1', port },
      { method: 'GET', path: '/', headers: {}, body: undefined, signal },
      { open: () => dial({ host: '127.0.0.1', port }, undefined, signal) },
    )
    await expect(asked).rejects.toThrow(/malformed HTTP status code|EOF|socket hang up/)
    odd.close()
  })

  it('follows no redirect', async () => expect(await call(portOf(server), { path: '/away' })).toMatchObject({ status: 302 }))

  const failures: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    [
      'nobody who is trusted signed',
      () => call(portOf(server), { tls: { ...tls, authorities: stranger.certificate } }),
      /^tls: failed to verify certificate: x509: certificate signed by unknown authority$/,
    ],
    [
      'the machine does not know who signed',
      () => call(portOf(server), { tls: { ...tls, authorities: undefined } }),
      /^tls: failed to verify certificate: x509: certificate signed by unknown authority$/,
    ],
    [
      'it is for another name',
      () => call(portOf(server), { tls: { ...tls, serverName: 'other.shop.svc' } }),
      /^tls: failed to verify certificate: x509: certificate is valid for hook\.shop\.svc, not other\.shop\.svc$/,
    ],
    [
      'it is for names, and an address is asked for',
      () => call(portOf(server), { tls: { ...tls, serverName: '127.0.0.1' } }),
      /^tls: failed to verify certificate: x509: cannot validate certificate for 127\.0\.0\.1 because it doesn't contain any IP SANs$/,
    ],
    ['it speaks plain HTTP', () => call(portOf(plain)), /^tls: first record does not look like a TLS handshake$/],
    ['nobody listens', () => call(1), /^dial tcp 127\.0\.0\.1:1: connect: connection refused$/],
    [
      'it does not answer in time',
      () => call(portOf(server), { path: '/hang', signal: AbortSignal.timeout(50) }),
      /^context deadline exceeded$/,
    ],
    ['time is over before', () => call(portOf(server), { signal: AbortSignal.abort() }), /^context canceled$/],
    ['the answer breaks off', () => call(portOf(server), { path: '/half' }), /^unexpected EOF$/],
  ]
  it.each(failures)('says in the words of Go: %s', async (_, act, expected) => {
    await expect(act()).rejects.toThrow(expected)
  })

  it('says of a certificate whose only name is its common name that this is not enough', async () => {
    const { certificate, key } = await issue(authority, { name: 'hook.shop.svc', usage: 'server' })
    const named = await listen(authority, [], { cert: certificate, key })
    await expect(call(portOf(named))).rejects.toThrow(/x509: certificate relies on legacy Common Name field, use SANs instead$/)
    named.close()
    named.closeAllConnections()
  })

  it('trusts a certificate that is named itself', async () => {
    const { certificate, key } = await issue(stranger, { name: 'hook', dnsNames: ['hook.shop.svc'], usage: 'server' })
    const lone = await listen(stranger, [], { cert: certificate, key })
    expect((await call(portOf(lone), { tls: { ...tls, authorities: certificate } })).status).toBe(200)
    lone.close()
    lone.closeAllConnections()
  })

  it('takes any certificate when told to', async () => {
    expect((await call(portOf(server), { tls: { serverName: 'any', insecure: true } })).status).toBe(200)
  })

  it('says that a handshake never came to an end when time is over', async () => {
    const silent = createTcpServer()
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const signal = AbortSignal.timeout(50)
    await expect(call(port, { signal })).rejects.toThrow(/^context deadline exceeded$/)
    await expect(reach.connect!({ host: '127.0.0.1', port }, { tls, signal: AbortSignal.timeout(50) })).rejects.toThrow(
      /^context deadline exceeded$/,
    )
    silent.close()
  })

  it('opens a connection that is read and written', async () => {
    const { port } = server.address() as AddressInfo
    const socket = await reach.connect!({ host: '127.0.0.1', port }, { tls, signal: AbortSignal.timeout(5000) })
    socket.write('GET /raw HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK.*"url":"\/raw"/s)
  })
})
