import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../shared/meta/object.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
const configMaps = '/api/v1/namespaces/default/configmaps'
const deployments = '/apis/apps/v1/namespaces/default/deployments'
const merge = { headers: { 'content-type': 'application/merge-patch+json' } }

interface Loose extends KubeObject {
  data?: Record<string, string>
  spec: Record<string, unknown>
  status: Record<string, unknown>
}

beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } }
const deployment = (name: string) => ({
  metadata: { name },
  spec: { replicas: 2, selector: { matchLabels: { app: 'x' } }, template },
})

let count = 0
let name: string
let made: Loose
beforeEach(async () => {
  name = `c${count++}`
  made = (await server.call<Loose>('POST', configMaps, { body: { metadata: { name }, data: { k: '1' } } })).json
})

describe('update', () => {
  it('needs the latest revision when it names one', async () => {
    const next = { ...made, data: { k: '2' } }
    const first = await server.call<Loose>('PUT', `${configMaps}/${name}`, { body: next })
    expect(first.json.data).toEqual({ k: '2' })
    const second = await server.call('PUT', `${configMaps}/${name}`, { body: next })
    expect(second.json).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: `Operation cannot be fulfilled on configmaps "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    })
  })

  it('writes nothing when nothing changes', async () => {
    const { json } = await server.call('PUT', `${configMaps}/${name}`, {
      body: { data: { k: '1' }, metadata: { name, labels: {} } },
    })
    expect(json.metadata.resourceVersion).toBe(made.metadata.resourceVersion)
  })

  it('refuses another object under the same name', async () => {
    const body = { metadata: { name, uid: 'another' } }
    const { code, json } = await server.call('PUT', `${configMaps}/${name}`, { body })
    expect(code).toBe(409)
    expect(json.message).toContain('Precondition failed: UID in precondition: another')
  })

  it('refuses a name that is not the path', async () => {
    const { json } = await server.call('PUT', `${configMaps}/${name}`, { body: { metadata: { name: 'other' } } })
    expect(json).toMatchObject({
      code: 400,
      message: `the name of the object (other) does not match the name on the URL (${name})`,
    })
  })

  it('does not find what is not there', async () => {
    const { json } = await server.call('PUT', `${configMaps}/none`, { body: { metadata: { name: 'none' } } })
    expect(json).toMatchObject({ code: 404, message: 'configmaps "none" not found' })
  })

  it('counts changes of spec in generation, and keeps status apart', async () => {
    const created = await server.call<Loose>('POST', deployments, { body: deployment('generation') })
    expect(created.json.metadata.generation).toBe(1)
    const url = `${deployments}/generation`
    const scaled = await server.call<Loose>('PATCH', url, { ...merge, body: { spec: { replicas: 3 }, status: { replicas: 9 } } })
    expect(scaled.json.metadata.generation).toBe(2)
    expect(scaled.json.status).toEqual({})
    const labelled = await server.call<Loose>('PATCH', url, { ...merge, body: { metadata: { labels: { a: 'b' } } } })
    expect(labelled.json.metadata.generation).toBe(2)
    const status = await server.call<Loose>('PATCH', `${url}/status`, {
      ...merge,
      body: { spec: { replicas: 7 }, status: { replicas: 3 } },
    })
    expect(status.json.spec.replicas).toBe(3)
    expect(status.json.status).toEqual({ replicas: 3 })
    expect(status.json.metadata.generation).toBe(2)
  })
})

describe('patch', () => {
  it('applies each kind of patch', async () => {
    const url = `${configMaps}/${name}`
    const merged = await server.call<Loose>('PATCH', url, { ...merge, body: { data: { k: null, l: '2' } } })
    expect(merged.json.data).toEqual({ l: '2' })
    const json = { headers: { 'content-type': 'application/json-patch+json' } }
    const patched = await server.call<Loose>('PATCH', url, { ...json, body: [{ op: 'add', path: '/data/m', value: '3' }] })
    expect(patched.json.data).toEqual({ l: '2', m: '3' })
    await server.call('POST', deployments, { body: deployment('strategic') })
    const strategic = await server.call<{ spec: { template: { spec: { containers: unknown[] } } } } & KubeObject>(
      'PATCH',
      `${deployments}/strategic`,
      {
        headers: { 'content-type': 'application/strategic-merge-patch+json' },
        body: {
          spec: {
            template: {
              spec: {
                containers: [
                  { name: 'c', image: 'i:2' },
                  { name: 'd', image: 'j' },
                ],
              },
            },
          },
        },
      },
    )
    expect(strategic.json.spec.template.spec.containers).toMatchObject([
      { name: 'c', image: 'i:2' },
      { name: 'd', image: 'j' },
    ])
  })

  it('is applied again when another writer was faster', async () => {
    const url = `${configMaps}/${name}`
    const patches = Array.from({ length: 10 }, (_, index) =>
      server.call('PATCH', url, { ...merge, body: { data: { [`k${index}`]: 'x' } } }),
    )
    expect((await Promise.all(patches)).map(({ code }) => code)).toEqual(Array(10).fill(200))
    const { json } = await server.call<Loose>('GET', url)
    expect(Object.keys(json.data ?? {})).toHaveLength(11)
  })

  it('holds for the revision that it names', async () => {
    const body = { metadata: { resourceVersion: '1' }, data: { k: '3' } }
    expect((await server.call('PATCH', `${configMaps}/${name}`, { ...merge, body })).code).toBe(409)
  })

  it('refuses a change of what is immutable', async () => {
    const { json } = await server.call('PATCH', `${configMaps}/${name}`, { ...merge, body: { metadata: { uid: 'new' } } })
    expect(json).toMatchObject({
      code: 422,
      message: expect.stringContaining('metadata.uid: Invalid value: "new": field is immutable'),
    })
  })
})
