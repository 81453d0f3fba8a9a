import { request as httpsRequest } from 'node:https'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createMayWatch } from '../../../agent/proxy/access.ts'
import { type ApiProxy, startApiProxy } from '../../../agent/proxy/api-proxy.ts'
import { obtainServingCertificate } from '../../../agent/proxy/serving-certificate.ts'
import type { User } from '../../../shared/apiserver/request.ts'
import { createServingCertificatePath } from '../../../shared/apiserver/serving-certificate.ts'
import type { Client } from '../../../shared/client/client.ts'
import { createInProcessClient } from '../../../shared/client/in-process.ts'
import { createUpstream, type Upstream } from '../../../shared/client/upstream.ts'
import { createAuthority, type KeyPair } from '../../../shared/identity/certificates.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { configMaps } from '../../../shared/resources/resource.ts'
import { FakeEcs } from '../../fakes/fake-ecs.ts'
import { FakeSqs } from '../../fakes/fake-sqs.ts'
import { admin, startTestServer, type TestServer } from '../../shared/apiserver/environment.ts'
import { type StandIn, startStandIn } from '../instance/stand-in.ts'

let api: TestServer
let authority: KeyPair
let standIn: StandIn
let upstream: Upstream
let proxy: ApiProxy
let client: Client
const node: User = { name: 'system:node:i-1', groups: ['system:nodes', 'system:authenticated'] }
const users: Record<string, User> = {
  one: admin,
  other: { ...admin, name: 'other' },
  stranger: { name: 'stranger', groups: ['system:authenticated'] },
}

beforeEach(async () => {
  authority = await createAuthority('test')
  api = await startTestServer({ heldChanges: 1, paths: [createServingCertificatePath({ authority, address: '10.96.0.1' })] })
  await api.makeNamespace('n')
  client = createInProcessClient(api.handle, admin)
  standIn = await startStandIn({
    instanceId: 'i-1',
    privateAddress: '203.0.113.2',
    containerInstance: 'none',
    sqs: new FakeSqs(systemClock),
    ecs: new FakeEcs(),
    api: { handle: api.handle, user: (token) => users[token] },
  })
  upstream = createUpstream({ server: `${standIn.url}/prod` })
  proxy = await startApiProxy({
    address: '127.0.0.1',
    port: 0,
    ...(await obtainServingCertificate(createInProcessClient(api.handle, node), 'i-1')),
    upstream,
    mayWatch: createMayWatch({ upstream, clock: systemClock }),
    clock: systemClock,
    log: createLogger({ write: () => undefined }),
  })
})
afterEach(async () => {
  await proxy.stop()
  upstream.close()
  await standIn.close()
  await api.stop()
})

interface Heard {
  readonly status: number
  readonly lines: string[]
  readonly ended: Promise<void>
  stop(): void
}

/** As a pod asks: by the Service's name, with the cluster's authority and its token. */
const ask = (path: string, options: { token?: string; method?: string; body?: unknown } = {}): Promise<Heard> =>
  new Promise((resolve, reject) => {
    const body = options.body === undefined ? undefined : JSON.stringify(options.body)
    const sent = httpsRequest({
      host: '127.0.0.1',
      port: proxy.port,
      path,
      method: options.method ?? 'GET',
      servername: 'kubernetes.default.svc',
      ca: authority.certificate,
      agent: false,
      headers: {
        authorization: `Bearer ${options.token ?? 'one'}`,
        ...(body ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } : {}),
      },
    })
    sent.on('error', reject)
    sent.on('response', (response) => {
      const lines: string[] = []
      response.on('error', () => response.destroy())
      const reader = createInterface({ input: response }).on('line', (line) => lines.push(line))
      reader.on('error', () => reader.close())
      const ended = new Promise<void>((resolve) => reader.once('close', resolve))
      resolve({ status: response.statusCode ?? 0, lines, ended, stop: () => sent.destroy() })
    })
    sent.end(body)
  })
const configMap = (name: string) => ({ metadata: { name, namespace: 'n' } })
const revisionNow = async () => (await client.list(configMaps)).metadata.resourceVersion ?? ''
const names = ({ lines }: Heard) =>
  lines.map((line) => {
    const { type, object } = JSON.parse(line) as { type: string; object: { metadata: { name: string } } }
    return `${type} ${object.metadata.name}`
  })
const watches = () => standIn.requests.filter((line) => line.includes('watch=true'))
const path = '/api/v1/namespaces/n/configmaps'

it('passes requests on with the pod’s own token, bodies and answers included', async () => {
  const made = await ask(path, { method: 'POST', body: configMap('a') })
  await made.ended
  expect(made.status).toBe(201)
  expect(JSON.parse(made.lines.join(''))).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'a', namespace: 'n' } })
  expect((await ask(path, { token: 'stranger' })).status).toBe(403)
  expect((await ask(path, { token: 'nobody' })).status).toBe(401)
  expect([...standIn.tokens]).toEqual(['one', 'stranger', 'nobody'])
})

it('watches once for all who watch the same, and shows each what came after it began', async () => {
  const first = await revisionNow()
  const one = await ask(`${path}?watch=true&resourceVersion=${first}`)
  await client.create(configMaps, configMap('a'))
  await expect.poll(() => names(one)).toEqual(['ADDED a'])
  const second = await revisionNow()
  await client.create(configMaps, configMap('b'))
  await expect.poll(() => names(one)).toEqual(['ADDED a', 'ADDED b'])
  const later = await ask(`${path}?watch=1&resourceVersion=${second}&allowWatchBookmarks=true`, { token: 'other' })
  const asEarly = await ask(`${path}?watch=1&resourceVersion=${first}`, { token: 'other' })
  await client.delete(configMaps, 'n', 'a')
  await expect.poll(() => names(later)).toEqual(['ADDED b', 'DELETED a'])
  await expect.poll(() => names(asEarly)).toEqual(['ADDED a', 'ADDED b', 'DELETED a'])
  expect(watches()).toHaveLength(1)
})

it('gives a watch of its own to whoever begins before what is known, or has another selection', async () => {
  const first = await revisionNow()
  await client.create(configMaps, configMap('a'))
  const one = await ask(`${path}?watch=true&resourceVersion=${await revisionNow()}`)
  const earlier = await ask(`${path}?watch=true&resourceVersion=${first}`)
  await expect.poll(() => names(earlier)).toEqual(['ADDED a'])
  const selected = await ask(`${path}?watch=true&resourceVersion=${await revisionNow()}&labelSelector=x%3Dy`)
  await client.create(configMaps, { metadata: { ...configMap('b').metadata, labels: { x: 'y' } } })
  await expect.poll(() => [names(one), names(selected)]).toEqual([['ADDED b'], ['ADDED b']])
  expect(watches()).toHaveLength(3)
})

it('shows nothing to those who may not watch, though another watch is there', async () => {
  const one = await ask(`${path}?watch=true&resourceVersion=${await revisionNow()}`)
  expect(one.status).toBe(200)
  const denied = await ask(`${path}?watch=true&resourceVersion=${await revisionNow()}`, { token: 'stranger' })
  await denied.ended
  expect(denied.status).toBe(403)
  expect(JSON.parse(denied.lines.join(''))).toMatchObject({ reason: 'Forbidden' })
  expect((await ask(`${path}?watch=true&resourceVersion=${await revisionNow()}`, { token: 'nobody' })).status).toBe(401)
})

it('goes on when the API ends the watch or its connection breaks, and ends one in the time that its client gave it', async () => {
  const one = await ask(`${path}?watch=true&resourceVersion=${await revisionNow()}`)
  await client.create(configMaps, configMap('a'))
  await expect.poll(() => names(one)).toEqual(['ADDED a'])
  standIn.endStreams()
  await client.create(configMaps, configMap('b'))
  await expect.poll(() => names(one), { timeout: 5000 }).toEqual(['ADDED a', 'ADDED b'])
  standIn.breakStreams()
  await client.create(configMaps, configMap('c'))
  await expect.poll(() => names(one), { timeout: 5000 }).toEqual(['ADDED a', 'ADDED b', 'ADDED c'])
  expect(watches()).toHaveLength(3)
  const short = await ask(`${path}?watch=true&resourceVersion=${await revisionNow()}&timeoutSeconds=1`)
  await short.ended
  expect(short.lines).toEqual([])
})

it('tells watchers that their place in history is gone', async () => {
  for (const name of ['a', 'b', 'c']) await client.create(configMaps, configMap(name))
  await api.store.compact(await api.store.revision())
  const late = await ask(`${path}?watch=true&resourceVersion=1`)
  await late.ended
  expect(late.lines.join('')).toContain('"code":410')
})

it('says that the API can not be reached', async () => {
  await standIn.close()
  const failed = await ask(path)
  await failed.ended
  expect(failed.status).toBe(503)
  expect(JSON.parse(failed.lines.join(''))).toMatchObject({ kind: 'Status', reason: 'ServiceUnavailable' })
})
