import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../shared/meta/object.ts'
import type { Deployment, Pod } from '../../../shared/resources/resource.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
const pods = '/api/v1/namespaces/default/pods'
const deployments = '/apis/apps/v1/namespaces/default/deployments'
const merge = { headers: { 'content-type': 'application/merge-patch+json' } }
const containers = [{ name: 'c', image: 'i' }]
const createPod = (name: string) => server.call<Pod>('POST', pods, { body: { metadata: { name }, spec: { containers } } })

beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

describe('binding', () => {
  it('gives a pod its node, once', async () => {
    await createPod('bound')
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'bound' }, target: { kind: 'Node', name: 'n1' } }
    const { code, json } = await server.call('POST', `${pods}/bound/binding`, { body })
    expect(code).toBe(201)
    expect(json).toMatchObject({ kind: 'Status', status: 'Success' })
    const pod = await server.call<Pod>('GET', `${pods}/bound`)
    expect(pod.json.spec.nodeName).toBe('n1')
    expect(pod.json.status?.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True' }])
    expect(pod.json.metadata.generation).toBe(1)
    const again = await server.call('POST', `${pods}/bound/binding`, { body })
    expect(again.json).toMatchObject({
      code: 409,
      message: expect.stringContaining('pod bound is already assigned to node "n1"'),
    })
  })

  it.each([
    [{ target: {} }, 400, 'name in URL does not match name in Binding object'],
    [{ metadata: { name: 'unbound' }, target: { kind: 'Pod', name: 'x' } }, 500, 'target.kind: Unsupported value: "Pod"'],
  ])('refuses %j', async (body, code, message) => {
    await createPod('unbound')
    const { json } = await server.call('POST', `${pods}/unbound/binding`, { body })
    expect(json).toMatchObject({ code, message: expect.stringContaining(message) })
  })
})

describe('ephemeralcontainers', () => {
  it('shows how a container that is there would differ', async () => {
    await createPod('debugged')
    const debug = (image: string) =>
      server.call('PATCH', `${pods}/debugged/ephemeralcontainers`, {
        headers: { 'content-type': 'application/strategic-merge-patch+json' },
        body: { spec: { ephemeralContainers: [{ name: 'd', image }] } },
      })
    expect((await debug('one')).json.metadata.generation).toBe(2)
    expect((await debug('two')).json).toMatchObject({
      code: 422,
      message: expect.stringMatching(/existing ephemeral containers "d" may not be changed\n@@ .*\n-.*one.*\n\+.*two/s),
    })
  })
})

describe('eviction', () => {
  it('deletes the pod and shows why', async () => {
    await createPod('evicted')
    await server.call('POST', `${pods}/evicted/binding`, { body: { metadata: { name: 'evicted' }, target: { name: 'n1' } } })
    const body = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'evicted' },
      deleteOptions: { gracePeriodSeconds: 7 },
    }
    expect((await server.call('POST', `${pods}/evicted/eviction`, { body })).code).toBe(201)
    const { json } = await server.call<Pod>('GET', `${pods}/evicted`)
    expect(json.metadata.deletionGracePeriodSeconds).toBe(7)
    expect(json.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', reason: 'EvictionByEvictionAPI' }),
    )
  })

  it('does not find a pod that is not there', async () => {
    const body = { metadata: { name: 'nobody' } }
    expect((await server.call('POST', `${pods}/nobody/eviction`, { body })).json).toMatchObject({
      code: 404,
      message: 'pods "nobody" not found',
    })
  })
})

describe('scale', () => {
  const scale = `${deployments}/d/scale`
  interface Scale extends KubeObject {
    spec: { replicas?: number }
    status: { replicas: number; selector: string }
  }
  beforeAll(async () => {
    const template = { metadata: { labels: { app: 'x' } }, spec: { containers } }
    await server.call('POST', deployments, {
      body: { metadata: { name: 'd' }, spec: { replicas: 2, selector: { matchLabels: { app: 'x' } }, template } },
    })
  })

  it('shows and changes replicas', async () => {
    const before = await server.call<Scale>('GET', scale)
    expect(before.json).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 2 },
      status: { replicas: 0, selector: 'app=x' },
    })
    const put = await server.call<Scale>('PUT', scale, { body: { ...before.json, spec: { replicas: 5 } } })
    expect(put.json.spec.replicas).toBe(5)
    const patched = await server.call<Scale>('PATCH', scale, { ...merge, body: { spec: { replicas: 0 } } })
    expect(patched.json.spec).toEqual({})
    const { json } = await server.call<Deployment>('GET', `${deployments}/d`)
    expect(json.spec.replicas).toBe(0)
    expect(json.metadata.generation).toBe(3)
    expect((await server.call('PUT', scale, { body: before.json })).code).toBe(409)
  })

  it.each([
    ['a patch', merge.headers, ''],
    ['an apply', { 'content-type': 'application/apply-patch+yaml' }, '?fieldManager=a&force=true'],
  ])('is changed by %s again when another writer was faster', async (_, headers, query) => {
    const body = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'd' }, spec: { replicas: 3 } }
    const writes = Array.from({ length: 10 }, (_, index) => [
      server.call('PATCH', `${deployments}/d`, { ...merge, body: { metadata: { labels: { at: `${index}` } } } }),
      server.call('PATCH', `${scale}${query}`, { headers, body: { ...body, spec: { replicas: index + 1 } } }),
    ])
    expect((await Promise.all(writes.flat())).map(({ code }) => code)).toEqual(Array(20).fill(200))
    const old = { ...body, metadata: { name: 'd', resourceVersion: '1' } }
    expect((await server.call('PATCH', `${scale}${query}`, { headers, body: old })).code).toBe(409)
  })

  it('refuses fewer than none', async () => {
    expect((await server.call('PATCH', scale, { ...merge, body: { spec: { replicas: -1 } } })).json).toMatchObject({
      code: 422,
      message: expect.stringContaining('spec.replicas: Invalid value: -1: must be greater than or equal to 0'),
    })
  })
})

describe('what is not there', () => {
  it.each([
    ['GET', `${pods}/x/none`, 404],
    ['DELETE', `${pods}/x/status`, 405],
    ['GET', '/api/v1/namespaces/default/none', 404],
    ['GET', '/api/v2/pods', 404],
    ['GET', '/nowhere', 404],
    ['POST', `${pods}/x`, 405],
    ['DELETE', '/api/v1/namespaces', 405],
    ['DELETE', '/api/v1/pods', 405],
    ['POST', '/api/v1/pods', 405],
    ['PATCH', pods, 405],
    ['PUT', pods, 405],
    ['GET', '/api/v1/namespaces/default/nodes', 404],
  ])('answers %s %s with %i', async (method, url, code) => {
    expect((await server.call(method, url)).code).toBe(code)
  })
})
