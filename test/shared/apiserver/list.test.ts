import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeList } from '../../../shared/meta/object.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
const names = ['a', 'b', 'c', 'd', 'e']
const configMaps = '/api/v1/namespaces/default/configmaps'
const list = (query = '', path = configMaps) => server.call<KubeList>('GET', `${path}${query}`)
const namesOf = (answer: { json: KubeList }) => answer.json.items.map(({ metadata }) => metadata.name)

beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
  await server.makeNamespace('other')
  for (const name of names) {
    const labels = { parity: names.indexOf(name) % 2 ? 'odd' : 'even' }
    await server.call('POST', configMaps, { body: { metadata: { name, labels } } })
  }
  await server.call('POST', '/api/v1/namespaces/other/configmaps', { body: { metadata: { name: 'a' } } })
})
afterAll(() => server.stop())

describe('list', () => {
  it('answers the objects of one namespace, or of all', async () => {
    const one = await list()
    expect(one.json).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' })
    expect(namesOf(one)).toEqual(names)
    expect(namesOf(await list('', '/api/v1/configmaps'))).toEqual([...names, 'a'])
  })

  it('gives one object by its name at a version that it is the state at, though somebody writes meanwhile', async () => {
    const byName = async (between: () => Promise<unknown>) => {
      const { get } = server.store
      server.store.get = async (key) => {
        server.store.get = get
        await between()
        return get(key)
      }
      return (await list('?fieldSelector=metadata.name%3Dbrief')).json
    }
    const brief = `${configMaps}/brief`
    const created = await byName(() => server.call('POST', configMaps, { body: { metadata: { name: 'brief' } } }))
    expect(created.metadata.resourceVersion).toBe(created.items[0]?.metadata.resourceVersion)
    const gone = await byName(() => server.call('DELETE', brief))
    expect(gone).toMatchObject({ items: [], metadata: { resourceVersion: String(await server.store.revision()) } })
  })

  it('cuts into chunks that belong to one revision', async () => {
    const first = await list('?limit=2')
    expect(namesOf(first)).toEqual(['a', 'b'])
    expect(first.json.metadata.remainingItemCount).toBe(3)
    await server.call('POST', configMaps, { body: { metadata: { name: 'between' } } })
    const second = await list(`?limit=9&continue=${first.json.metadata.continue}`)
    expect(namesOf(second)).toEqual(['c', 'd', 'e'])
    expect(second.json.metadata).toEqual({ resourceVersion: first.json.metadata.resourceVersion })
    await server.call('DELETE', `${configMaps}/between`)
  })

  it('sends a large list in chunks, byte for byte', async () => {
    const path = '/api/v1/namespaces/large/configmaps'
    await server.makeNamespace('large')
    const sizes = [3, 200_000, 700_000, 1, 262_144, 50]
    for (const [i, size] of sizes.entries())
      await server.call('POST', path, { body: { metadata: { name: `m${i}` }, data: { text: String(i).repeat(size) } } })
    const { body } = await server.raw('GET', path)
    expect(body).not.toBeInstanceOf(Uint8Array)
    const whole = await list('', path)
    expect(whole.json.items.map((item) => (item as { data?: { text: string } }).data?.text.length)).toEqual(sizes)
    const packed = (await server.raw('GET', path, { headers: { 'accept-encoding': 'gzip' } })).body as Uint8Array
    expect(gunzipSync(packed).toString()).toBe(whole.text)
  })

  it('gives an inconsistent token when the revision of a token is gone', async () => {
    const first = await list('?limit=2')
    await server.call('POST', '/api/v1/namespaces/other/configmaps', { body: { metadata: { name: 'later' } } })
    await server.store.compact(await server.store.revision())
    const gone = await server.call('GET', `${configMaps}?limit=2&continue=${first.json.metadata.continue}`)
    expect(gone.json).toMatchObject({ code: 410, reason: 'Expired' })
    const { continue: token } = gone.json.metadata as unknown as { continue: string }
    expect(namesOf(await list(`?continue=${token}`))).toEqual(['c', 'd', 'e'])
  })

  it.each([
    ['?labelSelector=parity%3Dodd', ['b', 'd']],
    ['?labelSelector=parity+notin+(odd)', ['a', 'c', 'e']],
    ['?fieldSelector=metadata.name%3Dc', ['c']],
    ['?fieldSelector=metadata.name!%3Dc', ['a', 'b', 'd', 'e']],
    ['?fieldSelector=metadata.name%3Dc&labelSelector=parity%3Dodd', []],
    ['?fieldSelector=metadata.name%3Dnone', []],
  ])('selects %s', async (query, expected) => {
    expect(namesOf(await list(query))).toEqual(expected)
  })

  it('cuts what a selector chooses into chunks', async () => {
    const first = await list('?limit=2&labelSelector=parity%3Deven')
    expect(namesOf(first)).toEqual(['a', 'c'])
    expect(first.json.metadata.remainingItemCount).toBeUndefined()
    const second = await list(`?limit=2&labelSelector=parity%3Deven&continue=${first.json.metadata.continue}`)
    expect(namesOf(second)).toEqual(['e'])
    expect(second.json.metadata.continue).toBeUndefined()
  })

  it.each([
    ['?fieldSelector=spec.x%3D1', 400, '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"'],
    ['?labelSelector=%21%21', 400, 'unable to parse requirement'],
    ['?continue=rubbish', 400, 'continue key is not valid'],
    ['?resourceVersion=x', 400, 'resourceVersion: Invalid value: "x"'],
    ['?resourceVersionMatch=Exact', 422, 'resourceVersionMatch is forbidden unless resourceVersion is provided'],
    ['?resourceVersion=99999', 504, 'Too large resource version: 99999'],
    ['?limit=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
  ])('refuses %s with %i', async (query, code, message) => {
    const answer = await server.call('GET', `${configMaps}${query}`)
    expect(answer.json).toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it('lists exactly at a revision', async () => {
    const { json } = await list()
    await server.call('POST', configMaps, { body: { metadata: { name: 'newer' } } })
    const revision = json.metadata.resourceVersion
    expect(namesOf(await list(`?resourceVersion=${revision}&resourceVersionMatch=Exact`))).toEqual(names)
    expect(namesOf(await list(`?resourceVersion=${revision}`))).toContain('newer')
    await server.call('DELETE', `${configMaps}/newer`)
  })

  it('answers a Table with upstream columns', async () => {
    const { json } = await server.call<{
      kind: string
      columnDefinitions: { name: string }[]
      rows: { cells: unknown[]; object: { kind: string } }[]
    }>('GET', configMaps, {
      headers: {
        accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json',
      },
    })
    expect(json.kind).toBe('Table')
    expect(json.columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Data', 'Age'])
    expect(json.rows[0]?.cells).toEqual(['a', 0, expect.any(String)])
    expect(json.rows[0]?.object.kind).toBe('PartialObjectMetadata')
  })

  it('answers metadata only', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
    const { json } = await server.call<KubeList>('GET', configMaps, { headers: { accept } })
    expect(json).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' })
    expect(Object.keys(json.items[0] ?? {})).toEqual(['kind', 'apiVersion', 'metadata'])
  })

  it('falls back from protobuf to JSON, and refuses protobuf alone', async () => {
    const both = await list('', configMaps)
    expect(both.code).toBe(200)
    const accept = 'application/vnd.kubernetes.protobuf'
    expect((await server.call('GET', configMaps, { headers: { accept: `${accept},application/json` } })).code).toBe(200)
    expect((await server.call('GET', configMaps, { headers: { accept } })).code).toBe(406)
  })

  it('compresses large answers for who accepts it', async () => {
    await server.call('POST', '/api/v1/namespaces/other/configmaps', {
      body: { metadata: { name: 'big' }, data: { k: 'x'.repeat(200_000) } },
    })
    const headers = { 'accept-encoding': 'gzip' }
    const { body, headers: answered } = await server.raw('GET', '/api/v1/namespaces/other/configmaps', { headers })
    expect(answered['content-encoding']).toBe('gzip')
    expect(JSON.parse(gunzipSync(body as Uint8Array).toString()).items).toHaveLength(3)
  })
})
