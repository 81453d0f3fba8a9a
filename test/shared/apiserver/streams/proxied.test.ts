import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { type RequestOptions, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { PassThrough, Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { deflateRawSync, gunzipSync, gzipSync, inflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { type HttpServer, serve } from '../../../../local/http-server.ts'
import { createAuditor } from '../../../../shared/apiserver/audit/auditor.ts'
import { createStreams } from '../../../../shared/apiserver/streams/create-streams.ts'
import type { AgentRequest, NodeConnector } from '../../../../shared/apiserver/streams/node-connector.ts'
import { rewriteHtml } from '../../../../shared/apiserver/streams/rewrite-html.ts'
import { rewriteUrl } from '../../../../shared/apiserver/streams/rewrite-url.ts'
import { createAuthority, issue, type KeyPair } from '../../../../shared/identity/certificates.ts'
import { createLogger } from '../../../../shared/platform/log.ts'
import { isGlobalUnicast } from '../../../../shared/reach/global-unicast.ts'
import { admin, startTestServer, type TestServer } from '../environment.ts'

describe('an address', () => {
  it.each(['10.244.0.9', '192.168.1.1', '2001:db8::1', 'fd00::1', '::ffff:10.244.0.9'])('%s may be gone to', (address) =>
    expect(isGlobalUnicast(address)).toBe(true),
  )

  it.each([
    ...['0.0.0.0', '127.0.0.1', '127.9.9.9', '169.254.169.254', '224.0.0.1', '239.1.1.1', '255.255.255.255'],
    ...['::', '::1', '::127.0.0.1', 'fe80::1', 'febf::1', 'ff02::1'],
    ...[
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '0:0:0:0:0:ffff:7f00:1',
      '::ffff:169.254.169.254',
      '::FFFF:A9FE:A9FE',
      '::ffff:0.0.0.0',
    ],
    ...['', 'localhost', '0177.0.0.1', '2130706433', '127.1', 'fe80::1%eth0', '10.0.0.1/8', ' 10.0.0.1'],
  ])('%j may not', (address) => expect(isGlobalUnicast(address)).toBe(false))
})

// What a real kube-apiserver 1.35 made of them.
const rewriting = { prefix: '/api/v1/namespaces/default/pods/p1/proxy', backend: '10.9.8.7:8099', asked: '127.0.0.1:6443' }
const urls: readonly (readonly [string, string])[] = [
  ['/x', `${rewriting.prefix}/x`],
  ['/x/', `${rewriting.prefix}/x/`],
  ['/', `${rewriting.prefix}/`],
  ['/x?a=1&amp;b=2#f', `${rewriting.prefix}/x?a=1&amp;b=2#f`],
  ['/a/../b', `${rewriting.prefix}/b`],
  ['/a/../b//c', `${rewriting.prefix}/b/c`],
  ['rel', 'rel'],
  ['../rel', '../rel'],
  ['', ''],
  ['?a=b', '?a=b'],
  ['#f', '#f'],
  ['mailto:a@b', 'mailto:a@b'],
  ['//other/x', '//other/x'],
  ['http://other/x', 'http://other/x'],
  ['http://10.9.8.7:8099/abs?q=1', `${rewriting.prefix}/abs?q=1`],
  ['https://127.0.0.1:6443/host', `https://127.0.0.1:6443${rewriting.prefix}/host`],
  [`${rewriting.prefix}/own`, `${rewriting.prefix}/own`],
  ['/%zz', '/%zz'],
]
it.each(urls)('the link %j becomes %j', (url, rewritten) => expect(rewriteUrl(url, rewriting)).toBe(rewritten))

const page =
  '<html><HEAD profile="/p"><base href="/"><title>a <a href="/no"></title></head><body background=/bg><!-- <a href="/no"> -->' +
  `<A HREF='/up/' x>ü</A><a title=">" href = "/gt">r</a><img src="/i.png" alt="/no" data-src="/no"><p it's><a href="/after">` +
  `<script src="/s.js">var a='<a href="/no">'</script ><style>a{b:url(/no)}</style><a href="">e</a>1 < 2 <3 </a href="/no"><a href="/end`
const rewrittenPage = page.replaceAll(
  /(profile="|base href="|background=|HREF='|href = "|img src="|script src="|it's><a href=")\//g,
  `$1${rewriting.prefix}/`,
)

describe('a page', () => {
  const through = async (chunks: Buffer[]) => {
    const rewriter = rewriteHtml((url) => rewriteUrl(url, rewriting))
    const done = buffer(rewriter)
    Readable.from(chunks).pipe(rewriter)
    return (await done).toString()
  }

  it('has its links rewritten, and nothing else changed', async () =>
    expect(await through([Buffer.from(page)])).toBe(rewrittenPage))

  it('has them rewritten wherever it is cut', async () => {
    const bytes = Buffer.from(page)
    for (let at = 1; at < bytes.length; at++)
      expect(await through([bytes.subarray(0, at), bytes.subarray(at)]), `cut at ${at}`).toBe(rewrittenPage)
    expect(await through([...bytes].map((byte) => Buffer.of(byte)))).toBe(rewrittenPage)
  })

  it('is passed on though its tags and comments never end', async () => {
    for (const piece of ['<a href="', '<!--', '<script>', '<'.repeat(9), '<a '.repeat(9), '</', '\x00<a\xff']) {
      const bytes = Buffer.from(piece.repeat(30_000), 'latin1')
      const chunks = Array.from({ length: Math.ceil(bytes.length / 9000) }, (_, at) =>
        bytes.subarray(at * 9000, at * 9000 + 9000),
      )
      expect(await through(chunks)).toBe(bytes.toString())
    }
  })
})

const ownAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address

describe.skipIf(!ownAddress)('through the API server', () => {
  let api: TestServer
  let front: HttpServer
  let app: Server
  let authority: KeyPair
  let client: KeyPair
  let reader: KeyPair
  let proxy: string
  let lastLog: PassThrough
  const audited: {
    stage: string
    verb: string
    requestURI: string
    objectRef: { subresource: string }
    responseStatus: { code: number }
  }[] = []
  const answers: Record<string, (message: IncomingMessage, response: import('node:http').ServerResponse) => void> = {
    '/page': (_, response) =>
      response
        .writeHead(200, {
          'content-type': 'text/html; charset=utf-8',
          'set-cookie': ['a=1', 'b=2; Path=/'],
          'access-control-allow-origin': '*',
        })
        .end(page),
    '/gzip': (_, response) =>
      response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end(gzipSync(page)),
    '/deflate': (_, response) =>
      response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'deflate' }).end(deflateRawSync(page)),
    '/br': (_, response) =>
      response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'br' }).end('not brotli <a href="/x">'),
    '/text': (_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end(page),
    '/no-gzip': (_, response) =>
      response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end('no gzip'),
    '/away': (_, response) => response.writeHead(302, { location: '/new?x', 'content-type': 'text/html' }).end('<a href="/x">'),
    '/bad-location': (_, response) => response.writeHead(302, { location: '/%zz' }).end(),
    '/die': ({ socket }) => socket.destroy(),
    '/half': (_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => response.destroy())
    },
    '/trailers': (message, response) => {
      const type = message.url?.includes('page') ? 'text/html' : 'text/plain'
      response.writeHead(200, { 'content-type': type, ...(message.method === 'GET' && { trailer: 'grpc-status, x-sum' }) })
      response.write('a page')
      response.addTrailers({ 'grpc-status': '0', 'x-sum': 'abc', connection: 'close' })
      response.end()
    },
    '/echo': (message, response) => message.pipe(response.writeHead(200)),
  }
  const echoed = async (message: IncomingMessage) => {
    const { method, url, headers } = message
    return JSON.stringify({ method, url, headers, body: await text(message) })
  }

  /** Every log is the last one; whatever is upgraded is not meant for these tests. */
  const connector: NodeConnector = {
    request: async (_node, { path, signal }: AgentRequest) => {
      const log = new PassThrough()
      signal.addEventListener('abort', () => log.destroy())
      lastLog = log
      if (!path.includes('follow')) lastLog.end('line 1\nline 2\n')
      return { status: 200, headers: {}, body: lastLog }
    },
    connect: async () => {
      const backend = new PassThrough()
      backend.once('data', () =>
        backend.push('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n'),
      )
      return backend
    },
  }

  beforeAll(async () => {
    authority = await createAuthority('test')
    client = await issue(authority, { name: admin.name, groups: admin.groups, usage: 'client' })
    reader = await issue(authority, { name: 'reader', groups: ['system:authenticated'], usage: 'client' })
    const serving = await issue(authority, { name: 'api', addresses: ['127.0.0.1'], usage: 'server' })
    const audit = createAuditor({ write: (line) => audited.push(JSON.parse(line)) })
    api = await startTestServer({
      subresources: createStreams({ connector, clusterRanges: ['10.244.0.0/16'] }),
      observers: [audit],
      // Reads everything, and only that.
      authorizer: {
        authorize: async ({ user, info }) => ({
          verdict: user.name !== 'reader' || info.verb === 'get' ? 'allow' : 'no opinion',
        }),
        rules: async () => ({ rules: [], incomplete: true }),
      },
    })
    front = await serve({
      handle: api.handle,
      port: 0,
      hosts: ['127.0.0.1'],
      tls: { cert: serving.certificate, key: serving.key, ca: authority.certificate },
      log: createLogger({ write: () => undefined }),
    })
    app = createServer(async (message, response) => {
      const answer = answers[message.url?.split('?')[0] ?? '']
      if (answer) return answer(message, response)
      response.writeHead(200, { 'content-type': 'application/json' }).end(await echoed(message))
    })
    app.on('upgrade', ({ headers }, socket) => {
      socket.on('error', () => socket.destroy())
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\nX-Host: ${headers.host}\r\n\r\n`)
      socket.pipe(socket)
    })
    app.listen(0, ownAddress)
    await once(app, 'listening')
    const { port } = app.address() as AddressInfo
    await api.makeNamespace('shop')
    const addresses = [{ type: 'InternalIP', address: '127.0.0.1' }]
    const status = { addresses, daemonEndpoints: { kubeletEndpoint: { Port: 10250 } } }
    await api.call('POST', '/api/v1/nodes', { body: { metadata: { name: 'node-1' } } })
    await api.call('PUT', '/api/v1/nodes/node-1/status', { body: { metadata: { name: 'node-1' }, status } })
    const spec = { nodeName: 'node-1', containers: [{ name: 'app', image: 'x', ports: [{ containerPort: port }] }] }
    await api.call('POST', '/api/v1/namespaces/shop/pods', { body: { metadata: { name: 'web' }, spec } })
    await api.call('PUT', '/api/v1/namespaces/shop/pods/web/status', {
      body: { metadata: { name: 'web' }, status: { podIP: ownAddress, podIPs: [{ ip: ownAddress }] } },
    })
    proxy = '/api/v1/namespaces/shop/pods/web/proxy'
    const endpoints = async (name: string, targetRef?: object) => {
      await api.call('POST', '/api/v1/namespaces/shop/services', {
        body: {
          metadata: { name },
          spec: {
            ports: [
              { name: 'web', port: 80 },
              { name: 'idle', port: 81 },
            ],
          },
        },
      })
      const subsets = [{ addresses: [{ ip: ownAddress, targetRef }], ports: [{ name: 'web', port }] }]
      await api.call('POST', '/api/v1/namespaces/shop/endpoints', { body: { metadata: { name }, subsets } })
    }
    await endpoints('web', { kind: 'Pod', name: 'web', namespace: 'shop' })
    await endpoints('lured')
    await endpoints('elsewhere', { kind: 'Pod', name: 'web', namespace: 'default' })
    await endpoints('gone', { kind: 'Pod', name: 'gone', namespace: 'shop' })
  })
  afterAll(async () => {
    await front.close()
    app.close()
    app.closeAllConnections()
    await api.stop()
  })

  const dial = (method: string, path: string, options: RequestOptions & { identity?: KeyPair } = {}) => {
    const { certificate, key } = options.identity ?? client
    return request({
      host: '127.0.0.1',
      port: front.port,
      ca: authority.certificate,
      cert: certificate,
      key,
      agent: false,
      ...options,
      method,
      path,
    })
  }
  const call = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
    const asked = dial(method, path, { headers: { ...(body ? { 'content-length': Buffer.byteLength(body) } : {}), ...headers } })
    asked.end(body)
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    return { code: response.statusCode, headers: response.headers, body: await buffer(response) }
  }
  const message = ({ body }: { body: Buffer }) => (JSON.parse(body.toString()) as { message: string }).message

  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
  const paths = ['', '/', '/some%2Fpath/'].flatMap((path) => methods.map((method) => ({ method, path })))

  it.each(paths)('passes $method $path on whole, or leads it to the slash', async ({ method, path }) => {
    const reads = method === 'GET' || method === 'HEAD'
    const sent = reads ? undefined : 'the body'
    const answer = await call(method, `${proxy}${path}?method=${method}&b=%20+c&d`, sent)
    if (reads && path === '') {
      expect(answer).toMatchObject({ code: 301, headers: { location: `${proxy}/?method=${method}&b=%20+c&d` } })
    } else if (method === 'HEAD') expect([answer.code, answer.body.length]).toEqual([200, 0])
    else {
      const seen = JSON.parse(answer.body.toString())
      expect(seen).toMatchObject({ method, url: `${path || '/'}?method=${method}&b=%20+c&d`, body: sent ?? '' })
      expect(seen.headers['x-forwarded-uri']).toBe(`${proxy}${path || '/'}`)
    }
  })

  it('passes bodies on over HTTP/2', async () => {
    const session = connectHttp2(`https://127.0.0.1:${front.port}`, {
      ca: authority.certificate,
      cert: client.certificate,
      key: client.key,
    })
    const stream = session.request({ ':method': 'PUT', ':path': `${proxy}/x` })
    stream.end('the body')
    expect(JSON.parse(await text(stream))).toMatchObject({ method: 'PUT', body: 'the body' })
    session.close()
  })

  it.each(['?page', '?text', '?nothing'])('passes on what comes behind a body, whatever the client speaks: %s', async (query) => {
    const path = `${proxy}${query === '?nothing' ? '/text' : '/trailers'}${query}`
    const expected = query === '?nothing' ? {} : { 'grpc-status': '0', 'x-sum': 'abc' }
    const asked = dial('GET', path).end()
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    await buffer(response)
    expect(response.trailers).toEqual(expected)
    const session = connectHttp2(`https://127.0.0.1:${front.port}`, {
      ca: authority.certificate,
      cert: client.certificate,
      key: client.key,
    })
    for (const method of ['GET', 'HEAD']) {
      let trailers: object = {}
      const stream = session.request({ ':method': method, ':path': path })
      stream.once('trailers', (headers) => {
        trailers = Object.fromEntries(Object.entries(headers))
      })
      expect((await text(stream)).length > 0).toBe(method === 'GET')
      expect(trailers).toEqual(method === 'GET' ? expected : {})
    }
    session.close()
  })

  it('passes headers on, but those for one connection or for us', async () => {
    const answer = await call('GET', `${proxy}/h`, undefined, {
      ...{ 'x-custom': 'c', cookie: 'k=v', te: 'trailers, deflate', 'x-forwarded-for': '192.0.2.1', origin: 'http://o' },
      ...{ connection: 'close, X-Hop', 'x-hop': '1', 'proxy-authorization': 'secret', 'impersonate-extra-x': 'y' },
      ...{ 'impersonate-user': 'root', 'impersonate-group': 'system:masters' },
    })
    const { headers } = JSON.parse(answer.body.toString())
    expect(headers).toMatchObject({
      ...{ 'x-custom': 'c', cookie: 'k=v', te: 'trailers', origin: 'http://o', host: `127.0.0.1:${front.port}` },
      'x-forwarded-for': '192.0.2.1, 127.0.0.1',
    })
    for (const name of ['x-hop', 'proxy-authorization', 'authorization', 'impersonate-extra-x'])
      expect(headers).not.toHaveProperty(name)
  })

  it('rewrites the links of a page, compressed or not, and keeps each cookie', async () => {
    const expected = rewrittenPage.replaceAll(rewriting.prefix, proxy)
    const plain = await call('GET', `${proxy}/page`)
    expect(plain.body.toString()).toBe(expected)
    expect(plain.headers['set-cookie']).toEqual(['a=1', 'b=2; Path=/'])
    expect(plain.headers).not.toHaveProperty('access-control-allow-origin')
    expect(gunzipSync((await call('GET', `${proxy}/gzip`)).body).toString()).toBe(expected)
    expect(inflateRawSync((await call('GET', `${proxy}/deflate`)).body).toString()).toBe(expected)
    expect((await call('HEAD', `${proxy}/page`)).code).toBe(200)
    expect((await call('GET', `${proxy}/text`)).body.toString()).toBe(page)
    expect((await call('GET', `${proxy}/br`)).body.toString()).toBe('not brotli <a href="/x">')
  })

  it('leads redirects through the proxy', async () => {
    const away = await call('GET', `${proxy}/away`)
    expect([away.code, away.headers.location, away.body.toString()]).toEqual([302, `${proxy}/new?x`, '<a href="/x">'])
    const bad = await call('GET', `${proxy}/bad-location`)
    expect([bad.code, message(bad)]).toEqual([
      500,
      'Internal error occurred: error trying to parse Location header: parse "/%zz": invalid URL escape "%zz"',
    ])
  })

  it('says what became of a server that answers nothing, or half', async () => {
    const died = await call('GET', `${proxy}/die`)
    expect([died.code, message(died)]).toEqual([503, 'error trying to reach service: EOF'])
    await expect(call('GET', `${proxy}/half`)).rejects.toThrow('aborted')
    await expect(call('GET', `${proxy}/no-gzip`)).rejects.toThrow('aborted')
    const path = '/api/v1/namespaces/shop/pods/web:9/proxy/'
    expect(message(await call('GET', path))).toBe(
      `error trying to reach service: dial tcp ${ownAddress}:9: connect: connection refused`,
    )
    expect(message(await call('GET', `${proxy.replace('web', `https:web:${(app.address() as AddressInfo).port}`)}/`))).toBe(
      'error trying to reach service: tls: first record does not look like a TLS handshake',
    )
  })

  it('carries much both ways as it comes', async () => {
    const asked = dial('POST', `${proxy}/echo`)
    const part = Buffer.alloc(1 << 20, 'x')
    asked.write(part)
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    let size = 0
    response.on('data', (data: Buffer) => {
      size += data.length
    })
    await expect.poll(() => size).toBe(part.length)
    for (let count = 1; count < 80; count++) if (!asked.write(part)) await once(asked, 'drain')
    asked.end()
    await once(response, 'end')
    expect(size).toBe(80 * part.length)
  })

  it('lets the server go when the client goes', async () => {
    const came = once(app, 'request')
    const asked = dial('POST', `${proxy}/echo`)
    asked.on('error', () => undefined)
    asked.write('begun')
    const [{ socket }] = (await came) as [IncomingMessage]
    const left = new Promise((resolve) => socket.once('close', resolve))
    asked.destroy()
    await left
  })

  it('upgrades with the Host that the client asked', async () => {
    const asked = dial('GET', `${proxy}/up`, { headers: { connection: 'Upgrade', upgrade: 'echo' } })
    asked.end()
    const [response, socket] = await once(asked, 'upgrade')
    expect(response.headers['x-host']).toBe(`127.0.0.1:${front.port}`)
    socket.write('there')
    expect(String((await once(socket, 'data'))[0])).toBe('there')
    socket.destroy()
  })

  it.each([
    ['web:web', 200, ''],
    ['web:80', 200, ''],
    ['http:web:web', 200, ''],
    ['web', 503, 'no endpoints available for service "web"'],
    ['web:idle', 503, 'no endpoints available for service "web:idle"'],
    ['web:81', 503, 'no endpoints available for service "web:81"'],
    ['web:82', 503, 'no service port 82 found for service "web"'],
    ['lured:web', 503, 'no endpoints available for service "lured:web"'],
    ['elsewhere:web', 503, 'no endpoints available for service "elsewhere:web"'],
    ['gone:80', 503, 'no endpoints available for service "gone:80"'],
    ['none', 404, 'services "none" not found'],
  ])('goes to the pods of service %s: %i', async (name, code, words) => {
    const answer = await call('GET', `/api/v1/namespaces/shop/services/${name}/proxy/x`)
    expect(answer.code).toBe(code)
    if (code !== 200) expect(message(answer)).toBe(words)
  })

  const socketTo = (path: string, protocols: string[] = []) =>
    new WebSocket(`wss://127.0.0.1:${front.port}${path}`, protocols, {
      ...{ ca: authority.certificate, cert: client.certificate, key: client.key },
    })
  const pod = '/api/v1/namespaces/shop/pods/web'

  it.each([['binary.k8s.io'], ['base64.binary.k8s.io'], ['']])('sends a log over WebSocket as "%s"', async (protocol) => {
    const socket = socketTo(`${pod}/log`, protocol === '' ? [] : [protocol])
    const messages: { data: string; isBinary: boolean }[] = []
    socket.on('message', (data: Buffer, isBinary) => messages.push({ data: data.toString(), isBinary }))
    const [code] = await once(socket, 'close')
    expect([socket.protocol, code]).toEqual([protocol, 1000])
    const isBase64 = protocol.startsWith('base64')
    expect(messages[0]).toEqual({ data: '', isBinary: !isBase64 })
    const rest = messages.slice(1).map(({ data }) => (isBase64 ? Buffer.from(data, 'base64').toString() : data))
    expect(rest.join('')).toBe('line 1\nline 2\n')
  })

  it('lets the log go with the socket, and refuses other sub-protocols', async () => {
    const socket = socketTo(`${pod}/log?follow=true`)
    await once(socket, 'message')
    const log = lastLog
    const heard = once(socket, 'message')
    log.write('x'.repeat(3000))
    expect((await heard)[0].length).toBe(2048)
    socket.terminate()
    await expect.poll(() => log.destroyed).toBe(true)
    await expect(once(socketTo(`${pod}/log`, ['channel.k8s.io']), 'open')).rejects.toThrow('403')
  })

  it.each([[''], ['any.protocol']])('sends a watch over WebSocket, an event a message, as "%s"', async (protocol) => {
    const socket = socketTo('/api/v1/namespaces/shop/configmaps?watch=1', protocol === '' ? [] : [protocol])
    await once(socket, 'open')
    expect(socket.protocol).toBe(protocol)
    const heard = once(socket, 'message')
    const name = `made-${protocol.length}`
    await api.call('POST', '/api/v1/namespaces/shop/configmaps', { body: { metadata: { name }, data: { a: '\n' } } })
    const [data, isBinary] = await heard
    expect(isBinary).toBe(false)
    expect(JSON.parse(data)).toHaveProperty('type', 'ADDED')
    socket.terminate()
  })

  it.each([
    ['exec?command=a&stdout=1', 101],
    ['attach?stdout=1', 101],
    ['portforward?ports=80', 101],
  ])('notes in the audit log who opened %s, and when it ended', async (path, code) => {
    audited.length = 0
    const asked = dial('POST', `${pod}/${path}`, { headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1' } })
    asked.end()
    const [, socket] = await once(asked, 'upgrade')
    const subresource = path.split('?')[0]
    const noted = { verb: 'create', requestURI: `${pod}/${path}`, objectRef: { subresource }, responseStatus: { code } }
    expect(audited).toMatchObject([{ ...noted, stage: 'ResponseStarted' }])
    socket.destroy()
    await expect
      .poll(() => audited)
      .toMatchObject([
        { ...noted, stage: 'ResponseStarted' },
        { ...noted, stage: 'ResponseComplete' },
      ])
  })

  it.each([
    ['GET', 'log', 200],
    ['DELETE', 'proxy/x', 200],
    ['POST', 'exec?command=a', 400],
  ])('notes %s of %s', async (method, path, code) => {
    audited.length = 0
    await call(method, `${pod}/${path}`)
    await expect.poll(() => audited.at(-1)).toMatchObject({ stage: 'ResponseComplete', responseStatus: { code } })
  })

  it.each(['exec?command=a&stdout=1', 'attach?stdout=1', 'portforward?ports=80'])(
    'is not opened by GET %s for who may only read',
    async (path) => {
      const headers = {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': `${'a'.repeat(22)}==`,
      }
      const asked = dial('GET', `${pod}/${path}`, { headers, identity: reader })
      asked.end()
      const [response] = (await once(asked, 'response')) as [IncomingMessage]
      expect(response.statusCode).toBe(403)
      expect(JSON.parse(await text(response)).message).toContain('User "reader" cannot create resource "pods/')
    },
  )

  it.each([
    ['x', 'invalid syntax'],
    ['80,65536', 'value out of range'],
  ])('refuses to forward port %s', async (ports, why) => {
    const answer = await call('POST', `${pod}/portforward?ports=${ports}`)
    expect(answer.code).toBe(400)
    expect(message(answer)).toBe(
      `cannot convert to []int32: strconv.ParseUint: parsing ${JSON.stringify(ports.split(',').at(-1))}: ${why}`,
    )
  })
})
