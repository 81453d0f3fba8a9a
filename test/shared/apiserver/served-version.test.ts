import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromStored, toStored } from '../../../shared/apiserver/objects/served-version.ts'
import { createRegistry } from '../../../shared/apiserver/registry.ts'
import { createOwnerGraph } from '../../../shared/controllers/garbage-collector/owner-graph.ts'
import { complete } from '../../../shared/meta/complete.ts'
import type { KubeObject } from '../../../shared/meta/object.ts'
import { applyDefaults } from '../../../shared/resources/apply-defaults.ts'
import { definitions } from '../../../shared/resources/index.ts'
import { loadSchemas } from '../../../shared/resources/schemas.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
const core = '/api/v1/namespaces/default/events'
const events = '/apis/events.k8s.io/v1/namespaces/default/events'
const as = (form: string) => ({ accept: `application/json;as=${form};g=meta.k8s.io;v=v1` })
const patch = (type: string) => ({ 'content-type': `application/${type}-patch+json` })

const body = {
  eventTime: '2026-01-01T00:00:00.000001Z',
  type: 'Normal',
  reason: 'Started',
  action: 'Starting',
  reportingController: 'example.com/one',
  reportingInstance: 'one-1',
  regarding: { kind: 'Pod', name: 'a', namespace: 'default' },
  note: 'hello',
}
const stored = {
  eventTime: body.eventTime,
  type: 'Normal',
  reason: 'Started',
  action: 'Starting',
  reportingComponent: 'example.com/one',
  reportingInstance: 'one-1',
  involvedObject: body.regarding,
  message: 'hello',
  source: {},
}
const create = (name: string, changes: object = {}) =>
  server.call('POST', events, { body: { metadata: { name }, ...body, ...changes } })

beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

describe('a stored kind under another version', () => {
  it('is one object, whichever version writes and reads it', async () => {
    const made = await create('one')
    expect(made).toMatchObject({ code: 201, json: { kind: 'Event', apiVersion: 'events.k8s.io/v1', ...body } })
    const other = await server.call('GET', `${core}/one`)
    expect(other.json).toMatchObject({ apiVersion: 'v1', ...stored })
    expect(other.json.metadata).toEqual(made.json.metadata)
    for (const name of ['note', 'regarding', 'reportingController']) expect(other.json).not.toHaveProperty(name)
    const changed = await server.call('PATCH', `${core}/one`, { headers: patch('merge'), body: { message: 'changed', count: 7 } })
    const read = await server.call('GET', `${events}/one`)
    expect(read.json).toMatchObject({ note: 'changed', deprecatedCount: 7 })
    expect(read.json.metadata.resourceVersion).toBe(changed.json.metadata.resourceVersion)
    for (const name of ['message', 'involvedObject', 'count']) expect(read.json).not.toHaveProperty(name)
  })

  it.each([
    ['merge', { series: { count: 2, lastObservedTime: '2026-01-01T00:00:01.000001Z' } }],
    ['strategic-merge', { series: { count: 2, lastObservedTime: '2026-01-01T00:00:01.000001Z' } }],
    [
      'json',
      [
        { op: 'test', path: '/note', value: 'hello' },
        { op: 'add', path: '/series', value: { count: 2, lastObservedTime: '2026-01-01T00:00:01.000001Z' } },
      ],
    ],
  ])('takes a %s patch in the fields of the version asked for', async (type, change) => {
    await create(`patched-${type}`)
    const answer = await server.call('PATCH', `${events}/patched-${type}`, { headers: patch(type), body: change })
    expect(answer).toMatchObject({ code: 200, json: { ...body, series: { count: 2 } } })
  })

  it('is replaced, and made by a PUT where the kind lets it', async () => {
    const put = (name: string, changes: object = {}) =>
      server.call('PUT', `${events}/${name}`, { body: { metadata: { name, ...changes }, ...body } })
    expect((await put('put')).code).toBe(201)
    expect((await put('put', { labels: { a: 'b' } })).json).toMatchObject({ apiVersion: 'events.k8s.io/v1', ...body })
    const stale = await put('put', { resourceVersion: '1' })
    expect(stale).toMatchObject({ code: 409, json: { details: { group: 'events.k8s.io', kind: 'events' } } })
  })

  it('is checked by the rules of the version asked for', async () => {
    const lax = await server.call('POST', core, {
      body: { metadata: { name: 'lax' }, involvedObject: { namespace: 'default' }, count: 3 },
    })
    expect(lax.code).toBe(201)
    const strict = await create('strict', { eventTime: undefined, type: undefined })
    expect(strict).toMatchObject({
      code: 422,
      json: {
        message: 'Event "strict" is invalid: [eventTime: Required value, type: Invalid value: "": has invalid value: ]',
      },
    })
    const changed = await server.call('PATCH', `${events}/lax`, { headers: patch('merge'), body: { note: 'x' } })
    expect(changed.json.message).toBe('Event "lax" is invalid: message: Invalid value: "x": field is immutable')
    const labelled = await server.call('PATCH', `${events}/lax`, {
      headers: patch('merge'),
      body: { metadata: { labels: { a: 'b' } } },
    })
    expect(labelled).toMatchObject({ code: 200, json: { deprecatedCount: 3, metadata: { labels: { a: 'b' } } } })
  })

  it('knows the fields of its own version only', async () => {
    const answer = await server.call('POST', `${events}?fieldValidation=Strict`, {
      body: { metadata: { name: 'x' }, ...body, message: 'x' },
    })
    expect(answer.json.message).toContain('unknown field "message"')
    const version = await server.call('POST', events, { body: { apiVersion: 'v1', kind: 'Event', metadata: { name: 'x' } } })
    expect(version.json.message).toBe(
      'the API version in the data (v1) does not match the expected API version (events.k8s.io/v1)',
    )
    expect(
      (await server.call('GET', `${events}?fieldSelector=regarding.name=a,reportingController=example.com/one,metadata.name=one`))
        .json.items,
    ).toHaveLength(1)
    expect((await server.call('GET', `${events}?fieldSelector=involvedObject.name=a`)).json.message).toBe(
      'field label not supported: involvedObject.name',
    )
    expect((await server.call('GET', `${core}?fieldSelector=regarding.name=a`)).code).toBe(400)
  })

  it('is named by its own group in errors and answers', async () => {
    await create('gone')
    expect((await create('gone')).json.message).toBe('events.events.k8s.io "gone" already exists')
    const deleted = await server.call('DELETE', `${events}/gone`)
    expect(deleted.json).toMatchObject({ status: 'Success', details: { group: 'events.k8s.io', kind: 'events' } })
    expect((await server.call('GET', `${events}/gone`)).json.message).toBe('events.events.k8s.io "gone" not found')
  })

  it('is listed, shown as a table and as metadata', async () => {
    await create('listed')
    const list = await server.call<{ kind: string; apiVersion: string; items: KubeObject[] }>('GET', `${events}?limit=500`)
    expect(list.json).toMatchObject({ kind: 'EventList', apiVersion: 'events.k8s.io/v1' })
    for (const item of list.json.items) expect(item).toHaveProperty('regarding')
    const table = await server.call<{ rows: { cells: unknown[]; object: KubeObject }[] }>(
      'GET',
      `${events}?fieldSelector=metadata.name=listed&includeObject=Object`,
      { headers: as('Table') },
    )
    expect(table.json.rows[0]).toMatchObject({ object: { apiVersion: 'events.k8s.io/v1', note: 'hello' } })
    expect(table.json.rows[0]!.cells.slice(1, 4)).toEqual(['Normal', 'Started', 'pod/a'])
    const metadata = await server.call('GET', `${events}/listed`, { headers: as('PartialObjectMetadata') })
    expect(metadata.json).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'listed' } })
    expect(metadata.json).not.toHaveProperty('note')
  })

  it('is watched by both versions at once, each in its own', async () => {
    const ending = new AbortController()
    const watch = async (url: string) => {
      const { body } = await server.raw('GET', `${url}?watch=true&fieldSelector=metadata.name=watched`, { signal: ending.signal })
      const chunks = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
      return async () => {
        const { value } = await chunks.next()
        return JSON.parse(Buffer.from(value).toString().split('\n')[0]!) as { type: string; object: KubeObject }
      }
    }
    const [old, now] = [await watch(core), await watch(events)]
    const waiting = Promise.all([old(), now()])
    await create('watched')
    const [byOld, byNow] = await waiting
    expect(byOld).toMatchObject({ type: 'ADDED', object: { apiVersion: 'v1', message: 'hello' } })
    expect(byNow).toMatchObject({ type: 'ADDED', object: { apiVersion: 'events.k8s.io/v1', note: 'hello' } })
    const deleting = Promise.all([old(), now()])
    await server.call('DELETE', `${events}/watched`)
    const [goneOld, goneNow] = await deleting
    expect(goneOld).toMatchObject({ type: 'DELETED', object: { message: 'hello' } })
    expect(goneNow).toMatchObject({ type: 'DELETED', object: { note: 'hello' } })
    ending.abort()
  })

  it('is in discovery with the same names', async () => {
    const list = await server.call<{ resources: object[] }>('GET', '/apis/events.k8s.io/v1')
    expect(list.json.resources).toEqual([
      expect.objectContaining({ name: 'events', kind: 'Event', namespaced: true, shortNames: ['ev'] }),
    ])
    expect((await server.call('GET', '/apis/events.k8s.io')).json).toMatchObject({ preferredVersion: { version: 'v1' } })
  })

  it('goes as a collection, and is gone for both', async () => {
    await create('last')
    const answer = await server.call<{ items: KubeObject[] }>('DELETE', `${events}?fieldSelector=metadata.name=last`)
    expect(answer.json.items).toMatchObject([{ apiVersion: 'events.k8s.io/v1', note: 'hello' }])
    expect((await server.call('GET', `${core}/last`)).code).toBe(404)
  })
})

const versions = definitions.flatMap((definition) => (definition.servedAs ?? []).map((servedAs) => ({ definition, servedAs })))

describe('the conversions of a version', () => {
  it.each(versions)('$servedAs.group/$servedAs.version lose nothing of a stored object', ({ definition, servedAs }) => {
    const registry = createRegistry(definitions)
    const served = registry.find(servedAs.group, servedAs.version, definition.plural)!
    const schemas = loadSchemas()
    const context = { ...served, parts: { schemas } } as Parameters<typeof toStored>[0]
    const object = { kind: definition.kind, apiVersion: 'stored', metadata: { name: 'x', labels: { a: 'b' } } } as KubeObject
    applyDefaults(definition, object, schemas)
    complete(object, definition.schema, schemas)
    const { kind: _kind, apiVersion: _apiVersion, ...expected } = structuredClone(object)
    const again = toStored(context, structuredClone(fromStored(context, object)))
    complete(again, definition.schema, schemas)
    expect(again).toEqual(expected)
  })

  it('lets owner references name either version', () => {
    const [kind] = [{ group: 'a', version: 'v2', resource: 'as', kind: 'A', namespaced: true, otherApiVersions: ['a/v1'] }]
    const owner = { metadata: { name: 'o', namespace: 'n', uid: '1' } } as KubeObject
    const cache = { get: () => owner, byIndex: () => [] } as unknown as Parameters<
      ReturnType<typeof createOwnerGraph>['ownerOf']
    >[2]
    const dependent = { resource: kind!, object: { metadata: { name: 'd', namespace: 'n' } } as KubeObject }
    const graph = createOwnerGraph([kind!])
    const ownerBy = (apiVersion: string) => graph.ownerOf(dependent, { apiVersion, kind: 'A', name: 'o', uid: '1' }, cache)
    expect(ownerBy('a/v1')).toEqual({ resource: kind, object: owner })
    expect(ownerBy('a/v2')).toEqual({ resource: kind, object: owner })
    expect(ownerBy('a/v3')).toBe('unknown')
  })
})
