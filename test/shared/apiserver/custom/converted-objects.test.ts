import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { KubeObject } from '../../../../shared/meta/object.ts'
import type { TestServer } from '../environment.ts'
import { startTestServer } from '../environment.ts'
import { type ConversionHook, startConversionHook } from './conversion-hook.ts'
import { at, crdOf, define, endpoint, redefine } from './converted-kind.ts'

let server: TestServer
let hook: ConversionHook
beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
  hook = await startConversionHook()
})
afterAll(async () => {
  hook.close()
  await server.stop()
})

type Endpoint = KubeObject & { spec: Record<string, string> }
type List = { items: Endpoint[] }

/** A kind whose webhook answers as another one at a path of its own. */
const kindOf = async (name: string, versions?: object[]) => {
  const group = `${name}.objects.example.com`
  hook.answer(name, 'ok')
  const clientConfig = { url: `https://127.0.0.1:${hook.port}/${name}`, caBundle: hook.caBundle }
  await define(server, crdOf(group, { clientConfig }, versions))
  return { group, one: at(group, 'v1'), two: at(group, 'v2') }
}
const asked = (name: string) => hook.asked.filter(({ path }) => path === name).map(({ review }) => review.request)

describe('objects of a kind that a webhook converts', () => {
  it('are given as they are stored without a call', async () => {
    const { group, one } = await kindOf('stored')
    await server.call('POST', one, { body: endpoint(group, 'v1', { name: 'a', hostPort: 'h:1' }) })
    await server.call('GET', `${one}/a`)
    await server.call('GET', one)
    await server.call('PATCH', `${one}/a`, {
      body: { spec: { hostPort: 'h:2' } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    await server.call('DELETE', `${one}/a`)
    expect(asked('stored')).toEqual([])
  })

  it('are converted together for a list, whatever versions they are stored in', async () => {
    const { group, one, two } = await kindOf('mixed')
    for (let index = 0; index < 150; index++)
      await server.call('POST', one, { body: endpoint(group, 'v1', { name: `a${index}`, hostPort: `h:${index}` }) })
    await redefine(server, group, [
      { op: 'replace', path: '/spec/versions/0/storage', value: false },
      { op: 'replace', path: '/spec/versions/1/storage', value: true },
    ])
    for (let index = 0; index < 5; index++)
      await server.call('POST', two, { body: endpoint(group, 'v2', { name: `b${index}`, host: 'h', port: `${index}` }) })
    const before = asked('mixed').length
    const listed = await server.call<List>('GET', two)
    expect(listed.json.items.map(({ apiVersion, spec: { host } }) => [apiVersion, host])).toEqual(
      Array.from({ length: 155 }, () => [`${group}/v2`, 'h']),
    )
    expect(
      asked('mixed')
        .slice(before)
        .map(({ objects }) => objects.length)
        .sort(),
    ).toEqual([100, 50])
    const old = await server.call<List>('GET', one)
    expect(old.json.items.map(({ apiVersion, spec: { hostPort } }) => [apiVersion, hostPort])).toEqual(
      [
        ...Array.from({ length: 150 }, (_, index) => index)
          .map(String)
          .sort(),
        '0',
        '1',
        '2',
        '3',
        '4',
      ].map((port) => [`${group}/v1`, `h:${port}`]),
    )
    const crd = await server.call<{ status: { storedVersions: string[] } }>(
      'GET',
      `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/endpoints.${group}`,
    )
    expect(crd.json.status.storedVersions).toEqual(['v1', 'v2'])
  })

  it('are stored in the version that is stored, whichever wrote them', async () => {
    const { group, one, two } = await kindOf('written')
    await server.call('POST', two, { body: endpoint(group, 'v2', { name: 'a', host: 'h', port: '1' }) })
    const read = await server.call<Endpoint>('GET', `${one}/a`)
    expect(read.json).toMatchObject({ apiVersion: `${group}/v1`, spec: { hostPort: 'h:1' } })
    const replaced = await server.call<Endpoint>('PUT', `${two}/a`, {
      body: { ...endpoint(group, 'v2', { name: 'a', host: 'i', port: '1' }), metadata: read.json.metadata },
    })
    expect(replaced).toMatchObject({ code: 200, json: { apiVersion: `${group}/v2`, spec: { host: 'i', port: '1' } } })
    expect((await server.call<Endpoint>('GET', `${one}/a`)).json.spec).toEqual({ hostPort: 'i:1' })
    const entry = await server.store.get({ resource: `endpoints.${group}`, namespace: 'default', name: 'a' })
    expect(Buffer.from(entry!.value).toString()).toContain(`"apiVersion":"${group}/v1"`)
  })

  it('are owned field by field in the version of who wrote them', async () => {
    const { group, one, two } = await kindOf('owned')
    const apply = (path: string, manager: string, body: object, force = false) =>
      server.call<Endpoint & { message: string }>('PATCH', `${path}/a?fieldManager=${manager}&force=${force}`, {
        body,
        headers: { 'content-type': 'application/apply-patch+yaml' },
      })
    expect((await apply(one, 'first', endpoint(group, 'v1', { name: 'a', hostPort: 'h:1' }))).code).toBe(201)
    const refused = await apply(two, 'second', endpoint(group, 'v2', { name: 'a', host: 'other', port: '1' }))
    expect(refused).toMatchObject({
      code: 409,
      json: { message: expect.stringContaining('conflict with "first": .spec.hostPort') },
    })
    const forced = await apply(two, 'second', endpoint(group, 'v2', { name: 'a', host: 'other', port: '1' }), true)
    expect(forced).toMatchObject({ code: 200, json: { spec: { host: 'other', port: '1' } } })
    const owners = forced.json.metadata.managedFields!.map(({ manager, apiVersion, fieldsV1 }) => [
      manager,
      apiVersion,
      Object.keys((fieldsV1 as Record<string, object>)['f:spec'] ?? {}),
    ])
    expect(owners).toEqual([
      ['first', `${group}/v1`, []],
      ['second', `${group}/v2`, ['f:host', 'f:port']],
    ])
  })

  it('are selected by what they are in the version that is asked for', async () => {
    const fields = (names: string[]) => ({
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: {
            spec: { type: 'object', properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) },
          },
        },
      },
    })
    const { group, one, two } = await kindOf('selected', [
      { name: 'v1', served: true, storage: true, ...fields(['hostPort']) },
      { name: 'v2', served: true, storage: false, ...fields(['host', 'port']), selectableFields: [{ jsonPath: '.spec.host' }] },
    ])
    for (const name of ['a', 'b'])
      await server.call('POST', one, { body: endpoint(group, 'v1', { name, hostPort: `${name}:1` }) })
    const { json } = await server.call<List>('GET', `${two}?fieldSelector=spec.host%3Db`)
    expect(json.items.map(({ metadata: { name } }) => name)).toEqual(['b'])
    expect((await server.call('GET', `${one}?fieldSelector=spec.host%3Db`)).code).toBe(400)
  })

  it('are scaled by the paths of the version that is asked for', async () => {
    const scaled = (path: string) => ({
      schema: {
        openAPIV3Schema: {
          ...{ type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      },
      subresources: { scale: { specReplicasPath: path, statusReplicasPath: '.status.replicas' } },
    })
    const { group, one, two } = await kindOf('scaled', [
      { name: 'v1', served: true, storage: true, ...scaled('.spec.replicas') },
      { name: 'v2', served: true, storage: false, ...scaled('.spec.replicas') },
    ])
    const body = { ...endpoint(group, 'v1', { name: 'a', hostPort: 'h:1' }) }
    await server.call('POST', one, { body: { ...body, spec: { ...body.spec, replicas: 3 } } })
    expect((await server.call('GET', `${two}/a/scale`)).json).toMatchObject({ spec: { replicas: 3 } })
    const changed = await server.call('PATCH', `${two}/a/scale`, {
      body: { spec: { replicas: 5 } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    expect(changed.json).toMatchObject({ kind: 'Scale', spec: { replicas: 5 } })
    expect((await server.call('GET', `${one}/a`)).json).toMatchObject({ spec: { hostPort: 'h:1', replicas: 5 } })
  })

  it('are stored by nobody while they can not be converted, and nothing of them is lost', async () => {
    const { group, one, two } = await kindOf('broken')
    await server.call('POST', one, { body: endpoint(group, 'v1', { name: 'a', hostPort: 'h:1' }) })
    const before = await server.call('GET', `${one}/a`)
    for (const how of ['few', 'name', 'ouid', 'close', 'e500', 'huge'] as const) {
      hook.answer('broken', how)
      const merge = { 'content-type': 'application/merge-patch+json' }
      for (const [method, path, body] of [
        ['GET', `${two}/a`],
        ['GET', two],
        ['POST', two, endpoint(group, 'v2', { name: 'b', host: 'h', port: '1' })],
        ['PATCH', `${two}/a`, { spec: { host: 'x' } }],
        ['DELETE', `${two}/a`],
      ] as const)
        expect((await server.call(method, path, { body, headers: method === 'PATCH' ? merge : {} })).code, how).toBe(500)
    }
    expect((await server.call('GET', `${one}/a`)).text).toBe(before.text)
    expect((await server.call<List>('GET', one)).json.items).toHaveLength(1)
    hook.answer('broken', 'ok')
    expect((await server.call('DELETE', `${two}/a`)).code).toBe(200)
  })

  // https://github.com/kubernetes/kubernetes/issues/136919
  it('are mended as they are stored though the webhook is gone, and keep their owners', async () => {
    const { group, one, two } = await kindOf('gone')
    await server.call('POST', one, { body: endpoint(group, 'v1', { name: 'a', hostPort: 'h:1' }) })
    const merge = { 'content-type': 'application/merge-patch+json' }
    const by = async (path: string, manager: string, body: object) =>
      server.call<Endpoint>('PATCH', `${path}/a?fieldManager=${manager}`, { body, headers: merge })
    const both = await by(two, 'second', { spec: { port: '2' } })
    hook.answer('gone', 'close')
    const mended = await by(one, 'third', { metadata: { finalizers: ['example.com/held'] } })
    expect(mended).toMatchObject({ code: 200, json: { metadata: { finalizers: ['example.com/held'] } } })
    expect(mended.json.metadata.managedFields).toEqual(both.json.metadata.managedFields)
  })

  it('are waited for 30 s at most', async () => {
    const { group, one, two } = await kindOf('slow')
    hook.answer('slow', 'hang')
    await server.call('POST', one, { body: endpoint(group, 'v1', { name: 'a', hostPort: 'h:1' }) })
    const timeout = AbortSignal.timeout.bind(AbortSignal)
    const asked: number[] = []
    const spy = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      asked.push(ms)
      return timeout(20)
    })
    const { json } = await server.call<{ message: string }>('GET', `${two}/a`)
    spy.mockRestore()
    expect(asked).toEqual([30_000])
    expect(json.message).toMatch(
      /^conversion webhook for .*, Kind=Endpoint failed: Post ".*\?timeout=30s": context deadline exceeded$/,
    )
  })
})
