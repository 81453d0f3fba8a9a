import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../shared/meta/object.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
const configMaps = '/api/v1/namespaces/default/configmaps'
const pods = '/api/v1/namespaces/default/pods'
const merge = { headers: { 'content-type': 'application/merge-patch+json' } }

interface Loose extends KubeObject {
  status: { phase?: string }
  spec: { finalizers?: string[] }
}

const create = async (name: string, metadata: object = {}) =>
  (await server.call<Loose>('POST', configMaps, { body: { metadata: { name, ...metadata } } })).json
const createPod = async (name: string, nodeName?: string) =>
  (
    await server.call<Loose>('POST', pods, {
      body: { metadata: { name }, spec: { nodeName, containers: [{ name: 'c', image: 'i' }] } },
    })
  ).json

beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

describe('delete', () => {
  it('answers Success with details', async () => {
    const { metadata } = await create('plain')
    const { code, json } = await server.call('DELETE', `${configMaps}/plain`)
    expect(code).toBe(200)
    expect(json).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'plain', kind: 'configmaps', uid: metadata.uid },
    })
    expect((await server.call('DELETE', `${configMaps}/plain`)).json).toMatchObject({
      code: 404,
      message: 'configmaps "plain" not found',
    })
  })

  it('only marks what has finalizers, until the last one is removed', async () => {
    await create('held', { finalizers: ['example.com/a', 'example.com/b'] })
    const marked = await server.call('DELETE', `${configMaps}/held`)
    expect(marked.json.metadata).toMatchObject({ deletionTimestamp: expect.any(String), deletionGracePeriodSeconds: 0 })
    const again = await server.call('DELETE', `${configMaps}/held`)
    expect(again.json.metadata.resourceVersion).toBe(marked.json.metadata.resourceVersion)
    const added = await server.call('PATCH', `${configMaps}/held`, {
      ...merge,
      body: { metadata: { finalizers: ['example.com/a', 'example.com/c'] } },
    })
    expect(added.json).toMatchObject({
      code: 422,
      message: expect.stringContaining(
        'no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/c"}',
      ),
    })
    await server.call('PATCH', `${configMaps}/held`, { ...merge, body: { metadata: { finalizers: ['example.com/a'] } } })
    expect((await server.call('GET', `${configMaps}/held`)).code).toBe(200)
    const removed = await server.call('PATCH', `${configMaps}/held`, { ...merge, body: { metadata: { finalizers: null } } })
    expect(removed.code).toBe(200)
    expect((await server.call('GET', `${configMaps}/held`)).code).toBe(404)
  })

  it.each([
    [{ propagationPolicy: 'Foreground' }, ['foregroundDeletion']],
    [{ propagationPolicy: 'Orphan' }, ['orphan']],
    [{ orphanDependents: true }, ['orphan']],
  ])('leaves %j to the garbage collector', async (options, finalizers) => {
    const { metadata } = await create(`policy-${JSON.stringify(options).replace(/\W+/g, '-').toLowerCase()}x`)
    const { json } = await server.call('DELETE', `${configMaps}/${metadata.name}`, {
      body: { kind: 'DeleteOptions', apiVersion: 'v1', ...options },
    })
    expect(json.metadata.finalizers).toEqual(finalizers)
    expect(json.metadata.deletionTimestamp).toBeDefined()
  })

  it('reads the policy from the query too', async () => {
    await create('query')
    const { json } = await server.call('DELETE', `${configMaps}/query?propagationPolicy=Foreground`)
    expect(json.metadata.finalizers).toEqual(['foregroundDeletion'])
  })

  it.each([
    [{ propagationPolicy: 'Sideways' }, 422, 'Unsupported value: "Sideways"'],
    [{ propagationPolicy: 'Orphan', orphanDependents: true }, 422, 'orphanDependents and deletionPropagation cannot be both set'],
    [{ preconditions: { uid: 'other' } }, 409, 'the UID in the precondition (other) does not match the UID in record'],
    [{ preconditions: { resourceVersion: '1' } }, 409, 'the ResourceVersion in the precondition (1) does not match'],
    [{ gracePeriodSeconds: 'x' }, 400, 'DeleteOptions.gracePeriodSeconds of type int64'],
  ])('refuses %j', async (options, code, message) => {
    await create('refused')
    const { json } = await server.call('DELETE', `${configMaps}/refused`, { body: options })
    expect(json).toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it('removes nothing in a dry run', async () => {
    await create('dry')
    expect((await server.call('DELETE', `${configMaps}/dry?dryRun=All`)).code).toBe(200)
    expect((await server.call('GET', `${configMaps}/dry`)).code).toBe(200)
  })

  it('gives a pod on a node its grace, which can only become shorter', async () => {
    await createPod('graceful', 'node-1')
    const marked = await server.call<Loose>('DELETE', `${pods}/graceful`)
    expect(marked.json.metadata.deletionGracePeriodSeconds).toBe(30)
    const longer = await server.call<Loose>('DELETE', `${pods}/graceful?gracePeriodSeconds=60`)
    expect(longer.json.metadata.deletionGracePeriodSeconds).toBe(30)
    const shorter = await server.call<Loose>('DELETE', `${pods}/graceful?gracePeriodSeconds=5`)
    expect(shorter.json.metadata.deletionGracePeriodSeconds).toBe(5)
    const gone = await server.call<Loose>('DELETE', `${pods}/graceful?gracePeriodSeconds=0`)
    expect(gone.json.kind).toBe('Pod')
    expect((await server.call('GET', `${pods}/graceful`)).code).toBe(404)
  })

  it('removes a pod without a node at once', async () => {
    await createPod('unscheduled')
    await server.call('DELETE', `${pods}/unscheduled`)
    expect((await server.call('GET', `${pods}/unscheduled`)).code).toBe(404)
  })

  it('deletes what selectors choose', async () => {
    await create('gone-1', { labels: { go: 'yes' } })
    await create('gone-2', { labels: { go: 'yes' } })
    await create('stays')
    const { json } = await server.call('DELETE', `${configMaps}?labelSelector=go%3Dyes`)
    expect(json.kind).toBe('ConfigMapList')
    expect((await server.call('GET', `${configMaps}/gone-1`)).code).toBe(404)
    expect((await server.call('GET', `${configMaps}/stays`)).code).toBe(200)
  })
})

describe('namespace', () => {
  it('terminates until its finalizer is removed, taking no new objects', async () => {
    await server.makeNamespace('ending')
    const { json } = await server.call<Loose>('DELETE', '/api/v1/namespaces/ending')
    expect(json).toMatchObject({
      metadata: { deletionTimestamp: expect.any(String) },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Terminating' },
    })
    const refused = await server.call('POST', '/api/v1/namespaces/ending/configmaps', { body: { metadata: { name: 'late' } } })
    expect(refused.json).toMatchObject({
      code: 403,
      message: 'configmaps "late" is forbidden: unable to create new content in namespace ending because it is being terminated',
      details: { causes: [{ reason: 'NamespaceTerminating' }] },
    })
    const finalized = await server.call<Loose>('PUT', '/api/v1/namespaces/ending/finalize', { body: { ...json, spec: {} } })
    expect(finalized.code).toBe(200)
    expect((await server.call('GET', '/api/v1/namespaces/ending')).code).toBe(404)
  })

  it('is protected when every cluster needs it', async () => {
    const { json } = await server.call('DELETE', '/api/v1/namespaces/default')
    expect(json).toMatchObject({ code: 403, message: 'namespaces "default" is forbidden: this namespace may not be deleted' })
  })
})
