import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer, type RequestOptions, request, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { text } from 'node:stream/consumers'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HttpServer, serve } from '../../../../local/http-server.ts'
import { createStreams } from '../../../../shared/apiserver/streams/create-streams.ts'
import { createHttpsNodeConnector } from '../../../../shared/apiserver/streams/https-node-connector.ts'
import { createAuthority, issue, type KeyPair } from '../../../../shared/identity/certificates.ts'
import { createLogger } from '../../../../shared/platform/log.ts'
import { admin, startTestServer, type TestServer } from '../environment.ts'

let api: TestServer
let front: HttpServer
let agent: Server
let client: KeyPair
let authority: KeyPair
const agentSaw: { url: string; peer: string; headers: Record<string, unknown> }[] = []
const logs = '/api/v1/namespaces/shop/pods/web/log'

const note = ({ url = '', headers, socket }: IncomingMessage) => {
  const seen = { url, peer: String((socket as TLSSocket).getPeerCertificate().subject?.CN), headers }
  agentSaw.push(seen)
  return seen
}

/** Plays a node's agent: logs by their path, echoes whatever is upgraded. */
const startAgent = async (identity: KeyPair) => {
  agent = createServer({ cert: identity.certificate, key: identity.key, ca: authority.certificate, requestCert: true })
  agent.on('request', (message, response) => {
    const { url } = note(message)
    if (url.includes('/waiting?'))
      return response.writeHead(400).end('container "waiting" in pod "web" is waiting to start: ContainerCreating')
    if (url.includes('/gone?')) return response.writeHead(404).end('pod "web" does not exist')
    if (!url.includes('follow')) return response.end(`log of ${url}`)
    response.write('line 1\n')
  })
  agent.on('upgrade', (message, socket, head) => {
    note(message)
    if (message.headers.upgrade === 'unknown') return socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno')
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
    socket.write(head)
    socket.pipe(socket)
  })
  agent.listen(0, '127.0.0.1')
  await once(agent, 'listening')
  return (agent.address() as AddressInfo).port
}

const container = (name: string) => ({ name, image: 'x' })
const putPod = async (name: string, spec: object) => {
  const created = await api.call('POST', '/api/v1/namespaces/shop/pods', { body: { metadata: { name }, spec } })
  expect(created).toMatchObject({ code: 201 })
}
const putNode = async (name: string, port: number) => {
  await api.call('POST', '/api/v1/nodes', { body: { metadata: { name } } })
  const addresses = [{ type: 'InternalIP', address: '127.0.0.1' }]
  const status = { addresses, ...(port ? { daemonEndpoints: { kubeletEndpoint: { Port: port } } } : {}) }
  expect(await api.call('PUT', `/api/v1/nodes/${name}/status`, { body: { metadata: { name }, status } })).toMatchObject({
    code: 200,
  })
}

beforeAll(async () => {
  authority = await createAuthority('test')
  client = await issue(authority, { name: admin.name, groups: admin.groups, usage: 'client' })
  const apiServer = await issue(authority, {
    name: 'kube-apiserver',
    dnsNames: ['localhost'],
    addresses: ['127.0.0.1'],
    usage: 'server',
  })
  const toAgents = await issue(authority, { name: 'kube-apiserver-kubelet-client', groups: ['system:masters'], usage: 'client' })
  const port = await startAgent(await issue(authority, { name: 'node-1', dnsNames: ['node-1'], usage: 'server' }))
  const connector = createHttpsNodeConnector({
    certificate: toAgents.certificate,
    key: toAgents.key,
    authority: authority.certificate,
  })
  const log = createLogger({ write: (line) => expect.fail(line), level: 'error' })
  api = await startTestServer({ subresources: createStreams({ connector, clusterRanges: ['10.244.0.0/16'] }) })
  front = await serve({
    handle: api.handle,
    port: 0,
    hosts: ['127.0.0.1'],
    tls: { cert: apiServer.certificate, key: apiServer.key, ca: authority.certificate },
    log,
  })
  await api.makeNamespace('shop')
  await putNode('node-1', port)
  await putNode('impostor', port)
  await putNode('simulated', 0)
  await putPod('web', {
    nodeName: 'node-1',
    containers: ['app', 'waiting', 'gone'].map(container),
    initContainers: [container('init')],
  })
  await putPod('single', { nodeName: 'node-1', containers: [container('app')] })
  await putPod('pending', { containers: [container('app')] })
  await putPod('fooled', { nodeName: 'impostor', containers: [container('app')] })
  await putPod('played', { nodeName: 'simulated', containers: [container('app')] })
})
afterAll(async () => {
  await front.close()
  agent.close()
  agent.closeAllConnections()
  await api.stop()
})

const dial = (path: string, options: RequestOptions = {}) =>
  request({
    host: '127.0.0.1',
    port: front.port,
    ca: authority.certificate,
    cert: client.certificate,
    key: client.key,
    path,
    agent: false,
    ...options,
  })
const upgraded = (path: string, headers: Record<string, string | string[]> = {}) =>
  dial(path, { method: 'POST', headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1', ...headers } })

describe('pods/log', () => {
  it("brings what the node's agent has, asking as the API server", async () => {
    const {
      code,
      text: body,
      headers,
    } = await api.call('GET', `${logs}?container=app&tailLines=5&timestamps=true&sinceTime=2026-01-01T00:00:00Z`)
    expect([code, body, headers['content-type']]).toEqual([
      200,
      'log of /containerLogs/shop/web/app?timestamps=true&tailLines=5&sinceTime=2026-01-01T00%3A00%3A00Z',
      'text/plain',
    ])
    expect(agentSaw.at(-1)?.peer).toBe('kube-apiserver-kubelet-client')
  })

  it('takes the only container, and has nothing of a pod without a node', async () => {
    expect((await api.call('GET', '/api/v1/namespaces/shop/pods/single/log')).text).toContain('/containerLogs/shop/single/app?')
    expect(await api.call('GET', '/api/v1/namespaces/shop/pods/pending/log')).toMatchObject({ code: 204, text: '' })
  })

  const refused: [path: string, code: number, message: string][] = [
    ['web/log', 400, 'a container name must be specified for pod web, choose one of: [init app waiting gone]'],
    ['web/log?container=x', 400, 'container x is not valid for pod web'],
    ['none/log', 404, 'pods "none" not found'],
    ['web/log?container=waiting', 400, 'container "waiting" in pod "web" is waiting to start: ContainerCreating'],
    ['web/log?container=gone', 404, 'the server could not find the requested resource ( pods/log web)'],
    ['web/log?container=app&tailLines=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    [
      'web/log?container=app&limitBytes=0',
      422,
      'PodLogOptions "web" is invalid: limitBytes: Invalid value: 0: must be greater than 0',
    ],
    ...['All', 'Stderr', 'x', ''].map((stream): [string, number, string] => [
      `web/log?container=app&stream=${stream}`,
      422,
      'PodLogOptions "web" is invalid: stream: Forbidden: may not be specified',
    ]),
    ...[...['2026', '1 Jan 2026', '2026-01-01', '2026-01-01T00:00:00', '2026-01-01T00:00Z', '2026-02-30T00:00:00Z'], 'x'].map(
      (time): [string, number, string] => [
        `web/log?container=app&sinceTime=${time}`,
        400,
        `parsing time ${JSON.stringify(time)} as "2006-01-02T15:04:05Z07:00"`,
      ],
    ),
    ...['2026-01-01T00:00:00Z', '', 'null'].map((time): [string, number, string] => [
      `web/log?container=app&sinceSeconds=1&sinceTime=${time}`,
      422,
      'at most one of `sinceTime` or `sinceSeconds`',
    ]),
    ['played/log', 503, 'node "simulated" has no agent that can be connected to'],
    ['fooled/log', 500, 'altnames'],
  ]

  it.each(refused)('answers %s with %d', async (path, code, message) => {
    const answer = await api.call('GET', `/api/v1/namespaces/shop/pods/${path}`)
    expect(answer.code).toBe(code)
    expect((answer.json as unknown as { message: string }).message).toContain(message)
  })

  it.each([
    ['2026-01-01T00:00:00.987654321Z', '2026-01-01T00:00:00Z'],
    ['2026-01-01T00:00:00%2B02:00', '2025-12-31T22:00:00Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
    ['', '0001-01-01T00:00:00Z'],
    ['null', '0001-01-01T00:00:00Z'],
  ])('tells the agent of the time "%s" as %s', async (sinceTime, told) => {
    const { text: body } = await api.call('GET', `${logs}?container=app&sinceTime=${sinceTime}`)
    expect(new URLSearchParams(body.split('?')[1]).get('sinceTime')).toBe(told)
  })

  it.each(['false', 'False', 'FALSE', '0'])('takes %s for no, as of clients in Python', async (no) => {
    const flags = ['follow', 'previous', 'timestamps'].map((name) => `&${name}=${no}`).join('')
    expect((await api.call('GET', `${logs}?container=app${flags}`)).text).toBe('log of /containerLogs/shop/web/app?')
  })

  it.each(['true', 'True', '1', '', 'maybe'])('takes "%s" for yes', async (yes) => {
    expect((await api.call('GET', `${logs}?container=app&timestamps=${yes}`)).text).toContain('timestamps=true')
  })

  it('follows, and lets the agent go when the client goes', async () => {
    const asked = dial(`${logs}?container=app&follow=true`).end()
    const connected = once(agent, 'request')
    const [response] = await once(asked, 'response')
    const [message] = await connected
    expect(String(await once(response, 'data'))).toBe('line 1\n')
    const left = once(message.socket, 'close')
    asked.destroy()
    await left
  })
})

describe('exec, attach and port-forward', () => {
  it('carry bytes both ways once the agent has agreed', async () => {
    const asked = upgraded(
      '/api/v1/namespaces/shop/pods/single/exec?command=sh&command=-c&command=a+b&stdin=true&stdout=1&tty=false',
      {
        'X-Stream-Protocol-Version': ['v4.channel.k8s.io', 'v3.channel.k8s.io'],
        authorization: 'Bearer secret',
      },
    ).end()
    const [response, socket] = await once(asked, 'upgrade')
    expect(response.statusCode).toBe(101)
    const seen = agentSaw.at(-1)!
    expect(seen.url).toBe('/exec/shop/single/app?input=1&output=1&command=sh&command=-c&command=a+b')
    expect(seen.peer).toBe('kube-apiserver-kubelet-client')
    expect(seen.headers).toMatchObject({
      'x-stream-protocol-version': 'v4.channel.k8s.io, v3.channel.k8s.io',
      upgrade: 'SPDY/3.1',
    })
    expect(seen.headers).not.toHaveProperty('authorization')
    const sent = Buffer.alloc(1 << 20, 'x')
    socket.end(sent)
    expect((await text(socket)).length).toBe(sent.length)
  })

  it.each([
    ['attach?stdout=true', '/attach/shop/single/app?output=1'],
    // as the client in Python writes them
    ['exec?command=a&stdin=False&stdout=True&stderr=True&tty=False', '/exec/shop/single/app?output=1&error=1&command=a'],
    ['portforward?ports=80,81', '/portForward/shop/single?port=80%2C81'],
  ])('%s goes to %s', async (path, url) => {
    const [, socket] = await once(upgraded(`/api/v1/namespaces/shop/pods/single/${path}`).end(), 'upgrade')
    expect(agentSaw.at(-1)?.url).toBe(url)
    socket.destroy()
  })

  it('do not pass a token among the WebSocket protocols on', async () => {
    const asked = dial('/api/v1/namespaces/shop/pods/single/exec?command=a', {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-protocol': 'base64url.bearer.authorization.k8s.io.c2VjcmV0, v5.channel.k8s.io',
      },
    }).end()
    const [, socket] = await once(asked, 'upgrade')
    expect(agentSaw.at(-1)?.headers['sec-websocket-protocol']).toBe('v5.channel.k8s.io')
    socket.destroy()
  })

  it("bring the agent's refusal as it is", async () => {
    const [response] = await once(
      upgraded('/api/v1/namespaces/shop/pods/single/exec?command=a', { upgrade: 'unknown' }).end(),
      'response',
    )
    expect([response.statusCode, await text(response)]).toEqual([400, 'no'])
  })

  it.each([
    ['pending/exec?command=a', 400, 'pod pending does not have a host assigned'],
    ['web/exec?command=a', 400, 'a container name must be specified for pod web'],
    ['fooled/exec?command=a', 500, 'error dialing backend: '],
    ['none/portforward', 404, 'pods "none" not found'],
  ])('refuse %s before the upgrade', async (path, code, message) => {
    const [response] = await once(upgraded(`/api/v1/namespaces/shop/pods/${path}`).end(), 'response')
    expect(response.statusCode).toBe(code)
    expect(JSON.parse(await text(response)).message).toContain(message)
  })

  it('want an upgrade', async () =>
    expect(await api.call('POST', '/api/v1/namespaces/shop/pods/single/exec?command=a')).toMatchObject({
      code: 400,
      json: { message: 'Upgrade request required' },
    }))
})

describe('proxy', () => {
  it("leads to a node's agent", async () => {
    expect((await api.call('GET', '/api/v1/nodes/node-1/proxy/stats/summary?only=1')).text).toBe('log of /stats/summary?only=1')
    expect(await api.call('GET', '/api/v1/nodes/node-1/proxy?a=1')).toMatchObject({
      code: 301,
      headers: { location: '/api/v1/nodes/node-1/proxy/?a=1' },
    })
  })

  beforeAll(async () => {
    const status = { podIPs: [{ ip: '10.244.0.9' }], podIP: '10.244.0.9' }
    await api.call('PUT', '/api/v1/namespaces/shop/pods/played/status', { body: { metadata: { name: 'played' }, status } })
    for (const name of ['stray', 'idle'])
      await api.call('POST', '/api/v1/namespaces/shop/services', {
        body: { metadata: { name }, spec: { ports: [{ port: 80 }] } },
      })
    const subsets = [{ addresses: [{ ip: '10.244.0.9' }], ports: [{ port: 80 }] }]
    await api.call('POST', '/api/v1/namespaces/shop/endpoints', { body: { metadata: { name: 'stray' }, subsets } })
  })

  const ownAddress = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address

  it.skipIf(!ownAddress)('leads to a pod, and keeps its redirects behind the proxy', async () => {
    const app = createHttpServer((message, response) => {
      if (message.url === '/old') response.writeHead(302, { location: '/new' }).end()
      else message.pipe(response.writeHead(201, { 'x-saw': `${message.method} ${message.url}` }))
    })
    app.listen(0, ownAddress)
    await once(app, 'listening')
    const { port } = app.address() as AddressInfo
    const status = { podIPs: [{ ip: ownAddress }], podIP: ownAddress }
    await api.call('PUT', '/api/v1/namespaces/shop/pods/single/status', { body: { metadata: { name: 'single' }, status } })
    const proxy = `/api/v1/namespaces/shop/pods/single:${port}/proxy`
    expect(await api.call('POST', `${proxy}/a%2Fb/?c=d`, { body: '"hello"' })).toMatchObject({
      code: 201,
      text: '"hello"',
      headers: { 'x-saw': 'POST /a%2Fb/?c=d' },
    })
    expect((await api.call('GET', `${proxy}/old`)).headers.location).toBe(`${proxy}/new`)
    app.close()
    app.closeAllConnections()
  })

  it.each([
    ['nodes/node-1:8080/proxy/', 400, 'address not allowed'],
    ['nodes/ftp:node-1:8080/proxy/', 400, 'invalid node request "ftp:node-1:8080"'],
    ['namespaces/shop/pods/pending:80/proxy/', 400, 'address not allowed'],
    ['namespaces/shop/pods/played:80/proxy/', 503, 'node "simulated" has no agent that can be connected to'],
    ['namespaces/shop/services/stray/proxy/', 503, 'no endpoints available for service "stray"'],
    ['namespaces/shop/services/stray:81/proxy/', 503, 'no service port 81 found for service "stray"'],
    ['namespaces/shop/services/idle/proxy/', 404, 'services "idle" not found'],
    ['namespaces/shop/pods/played:70000/proxy/', 503, 'error trying to reach service: dial tcp: address 70000: invalid port'],
    ['namespaces/shop/services/none/proxy/', 404, 'services "none" not found'],
  ])('refuses %s', async (path, code, message) => {
    const answer = await api.call('GET', `/api/v1/${path}`)
    expect(answer).toMatchObject({ code, json: { message } })
  })
})
