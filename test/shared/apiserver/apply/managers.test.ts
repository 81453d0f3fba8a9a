import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { managerName } from '../../../../shared/apiserver/apply/manager-name.ts'
import { decodeMetadata } from '../../../../shared/apiserver/objects/decode-metadata.ts'
import { createInProcessClient } from '../../../../shared/client/in-process.ts'
import type { KubeObject } from '../../../../shared/meta/object.ts'
import { systemClock } from '../../../../shared/platform/clock.ts'
import { configMaps as configMapResource } from '../../../../shared/resources/resource.ts'
import { createStoreCache } from '../../../../shared/storage/store-cache.ts'
import { openLogTail } from '../../../../shared/storage/tail/open.ts'
import { admin, startTestServer, type TestServer } from '../environment.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'
const applies = { 'content-type': 'application/apply-patch+yaml' }
const merges = { 'content-type': 'application/merge-patch+json' }
const configMap = (name: string, data: Record<string, string>, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
})

let server: TestServer
let nowMs = Date.parse('2026-01-01T00:00:00Z')
beforeAll(async () => {
  server = await startTestServer({ clock: { ...systemClock, now: () => nowMs } })
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

const create = (name: string, data: Record<string, string>, manager: string) =>
  server.call('POST', `${configMaps}?fieldManager=${manager}`, { body: configMap(name, data) })
const apply = (name: string, data: Record<string, string>, query: string) =>
  server.call('PATCH', `${configMaps}/${name}?fieldManager=${query}`, { headers: applies, body: configMap(name, data) })
const patch = (name: string, body: unknown, manager: string) =>
  server.call('PATCH', `${configMaps}/${name}?fieldManager=${manager}`, { headers: merges, body })
const managersOf = ({ metadata }: KubeObject) =>
  (metadata.managedFields ?? []).map(({ manager, operation, time }) => `${operation} ${manager} ${time?.slice(11, 19)}`)

describe('managers of an object', () => {
  it('are told by the user agent up to its slash, where none is named', async () => {
    const named = async (agent: string) => {
      const { json } = await server.call('POST', configMaps, {
        headers: { 'user-agent': agent },
        body: { metadata: { generateName: 'agent-' }, data: { a: 'b' } },
      })
      return json.metadata.managedFields![0]!.manager
    }
    expect(await named('kubectl/v1.35.4 (linux/amd64) kubernetes/abc')).toBe('kubectl')
    expect(await named('a\u0007b\u00a0c')).toBe('abc')
    expect(await named('é'.repeat(100))).toBe('é'.repeat(64))
    expect(await named('')).toBe('unknown')
    expect(await named('/x')).toBe('unknown')
  })

  it('are told by requests that only know their headers themselves', () => {
    class Request {
      readonly query = new URLSearchParams()
      readonly #headers: Record<string, string> = { 'user-agent': 'kubectl/v1' }
      header(name: string) {
        return this.#headers[name]
      }
    }
    expect(managerName(new Request())).toBe('kubectl')
  })

  it('are upstream names for parts of the control plane', async () => {
    const client = createInProcessClient(server.handle, { ...admin, name: 'system:kube-controller-manager' })
    const made = await client.create(configMapResource, {
      metadata: { name: 'by-a-controller', namespace: 'default' },
      data: { a: 'b' },
    })
    expect(made.metadata.managedFields).toMatchObject([{ manager: 'kube-controller-manager', operation: 'Update' }])
  })

  it('come appliers first, then by the time of their last change', async () => {
    await create('order', { a: '1' }, 'z')
    nowMs += 1000
    await patch('order', { data: { b: '1' } }, 'y')
    nowMs += 1000
    const { json } = await apply('order', { c: '1' }, 'x')
    expect(managersOf(json)).toEqual(['Apply x 00:00:02', 'Update z 00:00:00', 'Update y 00:00:01'])
    nowMs += 1000
    expect(managersOf((await patch('order', { data: { a: '2' } }, 'z')).json)).toEqual([
      'Apply x 00:00:02',
      'Update y 00:00:01',
      'Update z 00:00:03',
    ])
  })

  it('do not change when nothing does, nor is anything written', async () => {
    const { json: before } = await apply('same', { a: '1' }, 'x')
    nowMs += 5000
    expect((await apply('same', { a: '1' }, 'x')).json).toEqual(before)
    expect((await patch('same', { data: { a: '1' } }, 'y')).json).toEqual(before)
    expect((await server.call('PUT', `${configMaps}/same`, { body: before })).json).toEqual(before)
  })

  it('that update are at most ten: the oldest become one', async () => {
    await create('many', { first: '1' }, 'first')
    let last: KubeObject | undefined
    for (let index = 0; index < 12; index++) {
      nowMs += 1000
      last = (await patch('many', { data: { [`k${index}`]: '1' } }, `m${String(index).padStart(2, '0')}`)).json
    }
    const entries = last!.metadata.managedFields!
    expect(entries.map(({ manager }) => manager)).toEqual([
      'ancient-changes',
      ...Array.from({ length: 9 }, (_, index) => `m${String(index + 3).padStart(2, '0')}`),
    ])
    expect(entries[0]!.fieldsV1).toMatchObject({ 'f:data': { '.': {}, 'f:first': {}, 'f:k0': {}, 'f:k1': {}, 'f:k2': {} } })
  })

  it('with impossible names are refused, with the path', async () => {
    await create('names', { a: '1' }, 'x')
    const entry = { operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:a': {} } } }
    const put = (changes: object) =>
      server.call('PUT', `${configMaps}/names`, {
        body: configMap('names', { a: '1' }, { managedFields: [{ manager: 'm', ...entry, ...changes }] }),
      })
    for (const [changes, message] of [
      [{ manager: 'x'.repeat(129) }, 'metadata.managedFields[0].manager: Too long: may not be more than 128 bytes'],
      [{ manager: 'a\n' }, 'invalid character U+000A (at position 1)'],
      [{ subresource: 'x'.repeat(257) }, 'metadata.managedFields[0].subresource: Too long: may not be more than 256 bytes'],
    ] as const) {
      const { code, json } = await put(changes)
      expect(code).toBe(422)
      expect(json.message).toContain(message)
    }
  })

  it('are not what selectors read of metadata', async () => {
    const { text } = await create('selected', { a: '1' }, 'x')
    const { metadata } = decodeMetadata(Buffer.from(text))
    expect(metadata.name).toBe('selected')
    expect(metadata.managedFields).toBeUndefined()
    const { json } = await server.call<{ items: KubeObject[] }>('GET', `${configMaps}?fieldSelector=metadata.name=selected`)
    expect(json.items[0]!.metadata.managedFields).toHaveLength(1)
  })

  it('fill no memory of controllers', async () => {
    await create('cached', { a: '1' }, 'x')
    const tail = await openLogTail({ store: server.store })
    const cache = await createStoreCache({ store: server.store, tail, resources: [configMapResource] })
    await cache.sync()
    const held = () => cache.get(configMapResource, 'default', 'cached')
    expect(held()).toMatchObject({ data: { a: '1' } })
    expect(held()!.metadata.managedFields).toBeUndefined()
    await patch('cached', { data: { a: '2' } }, 'y')
    await cache.sync()
    expect(held()).toMatchObject({ data: { a: '2' } })
    expect(held()!.metadata.managedFields).toBeUndefined()
    cache.close()
    await tail.close()
  })
})

describe('a conflict', () => {
  it('is told for each manager and field', async () => {
    await create('conflict', { a: '1', b: '1' }, 'creator')
    await apply('conflict', { a: '1' }, 'one')
    const { code, json } = await apply('conflict', { a: '2', b: '2' }, 'two')
    expect(code).toBe(409)
    expect(json).toMatchObject({
      reason: 'Conflict',
      message:
        'Apply failed with 3 conflicts: conflicts with "creator" using v1:\n- .data.a\n- .data.b\nconflicts with "one":\n- .data.a',
      details: {
        causes: expect.arrayContaining([
          { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.a' },
          { reason: 'FieldManagerConflict', message: 'conflict with "creator" using v1', field: '.data.b' },
        ]),
      },
    })
  })

  it('leaves the object as it is', async () => {
    const { json } = await server.call('GET', `${configMaps}/conflict`)
    expect(json.data).toEqual({ a: '1', b: '1' })
    expect(managersOf(json).map((text) => text.split(' ')[1])).toEqual(['one', 'creator'])
  })
})

describe('apply', () => {
  it('is done again on what another writer has made of the object meanwhile', async () => {
    await apply('raced', { k: '1' }, 'x')
    const writers = Array.from({ length: 10 }, (_, index) => apply('raced', { [`k${index}`]: '1' }, `m${index}`))
    expect((await Promise.all(writers)).map(({ code }) => code)).toEqual(Array(10).fill(200))
    const { json } = await server.call('GET', `${configMaps}/raced`)
    expect(Object.keys(json.data as object).sort()).toEqual(['k', ...Array.from({ length: 10 }, (_, index) => `k${index}`)])
    expect(json.metadata.managedFields).toHaveLength(11)
  })

  it('makes nothing for who may only change what is there', async () => {
    let mayCreate = true
    const authorizer = {
      authorize: async ({ info }: { info: { verb: string } }) => ({
        verdict: info.verb === 'create' && !mayCreate ? 'no opinion' : 'allow',
      }),
      rules: async () => ({ rules: [], incomplete: false }),
    }
    const strict = await startTestServer({ authorizer: authorizer as never })
    await strict.makeNamespace('default')
    mayCreate = false
    const { code, json } = await strict.call('PATCH', `${configMaps}/new?fieldManager=x`, {
      headers: applies,
      body: configMap('new', {}),
    })
    expect([code, json.reason]).toEqual([403, 'Forbidden'])
    expect(json.message).toContain('cannot create resource "configmaps"')
    await strict.stop()
  })
})
