import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../shared/meta/object.ts'
import type { Heartbeats } from '../../../shared/storage/heartbeats.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
const beats = new Map<string, number>()
const heartbeats: Heartbeats = {
  record: async (recorded) => {
    for (const [node, atMs] of recorded) beats.set(node, atMs)
  },
  all: async () => beats,
  forget: async (nodes) => {
    for (const node of nodes) beats.delete(node)
  },
  recordUsage: async () => undefined,
  usages: async () => new Map(),
}
const configMaps = '/api/v1/namespaces/default/configmaps'

beforeAll(async () => {
  server = await startTestServer({
    heartbeats,
    paths: [
      ({ info }) => {
        if (info.path === '/broken') throw new TypeError('secret detail')
        return undefined
      },
    ],
  })
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

describe('the pipeline', () => {
  it('answers large bodies with 413', async () => {
    const { code, json } = await server.call('POST', configMaps, {
      body: { metadata: { name: 'x' }, data: { k: 'x'.repeat(3 * 1024 * 1024) } },
    })
    expect([code, json.reason]).toEqual([413, 'RequestEntityTooLarge'])
  })

  it('answers what is wrong with itself with 500, says it once and shows no stack', async () => {
    const { code, text } = await server.call('GET', '/broken')
    expect(code).toBe(500)
    expect(text).not.toContain('.ts:')
    expect(server.logs.filter((line) => line.includes('secret detail'))).toHaveLength(1)
  })

  it('indents for who reads it', async () => {
    expect((await server.call('GET', '/version?pretty=true')).text).toContain('\n  "major": "1"')
    expect((await server.call('GET', '/version', { headers: { 'user-agent': 'curl/8' } })).text).toContain('\n  "major": "1"')
  })

  it.each([
    ['GET', `${configMaps}/x/constructor`, {}, 404],
    ['GET', '/api/v1/namespaces/default/__proto__', {}, 404],
    ['GET', configMaps, { accept: 'constructor' }, 406],
    ['PATCH', `${configMaps}/x`, { 'content-type': 'constructor' }, 415],
    ['GET', '/api/v1/namespaces/%zz/configmaps', {}, 404],
    ['GET', `${configMaps}?fieldSelector=constructor%3Dx`, {}, 400],
  ])('is not fooled by %s %s %j', async (method, url, headers, code) => {
    expect((await server.call(method, url, { headers, ...(method === 'PATCH' ? { body: {} } : {}) })).code).toBe(code)
  })

  it('warns in bytes that a header can carry, and not endlessly', async () => {
    const body = JSON.stringify({ metadata: { name: 'warned' }, 'pfeil→\n': 1 })
    const { headers } = await server.call('POST', configMaps, { body })
    expect(Buffer.from(headers.warning ?? '', 'latin1').toString()).toContain('pfeil→')
    expect(headers.warning).toMatch(/^[\x20-\x7e\x80-\xff]+$/)
    const many = Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`${'x'.repeat(300)}${index}`, 1]))
    const long = await server.call('POST', configMaps, { body: { metadata: { name: 'long' }, ...many } })
    expect(long.code).toBe(201)
    expect(long.headers.warning?.length).toBeLessThan(6000)
  })

  it('takes heartbeats of a node, outside the log', async () => {
    const before = await server.store.revision()
    const user = { name: 'system:node:n1', groups: ['system:nodes'] }
    expect((await server.call('POST', '/apis/windlass.dev/v1/nodes/n1/heartbeat', { user })).code).toBe(200)
    expect(beats.get('n1')).toBeGreaterThan(0)
    expect(await server.store.revision()).toBe(before)
  })

  it('creates by PUT where the kind says so', async () => {
    const body: KubeObject = { metadata: { name: 'put' } }
    const made = await server.call('PUT', '/api/v1/namespaces/default/endpoints/put', { body })
    expect(made.code).toBe(201)
    expect((await server.call('PUT', '/api/v1/namespaces/default/endpoints/put', { body })).code).toBe(200)
  })

  it('needs a revision to update where the kind says so', async () => {
    const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases'
    const body = { metadata: { name: 'l' }, spec: { holderIdentity: 'a' } }
    await server.call('POST', leases, { body })
    expect((await server.call('PUT', `${leases}/l`, { body })).json).toMatchObject({
      code: 422,
      message: expect.stringContaining('metadata.resourceVersion: Invalid value: 0: must be specified for an update'),
    })
    const headers = { 'content-type': 'application/merge-patch+json' }
    expect((await server.call('PATCH', `${leases}/l`, { headers, body: { spec: { holderIdentity: 'b' } } })).code).toBe(200)
  })
})
