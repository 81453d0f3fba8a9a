import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { judgeStatus } from '../../../shared/controllers/customresourcedefinition/status.ts'
import type { KubeObject } from '../../../shared/meta/object.ts'
import type { CustomResourceDefinition } from '../../../shared/resources/apiextensions/resource.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

const specOf = (properties: object) => ({
  schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
})

const define = async (plural: string, versions: object[], group = 'versions.example.com') => {
  const answer = await server.call<CustomResourceDefinition>('POST', crds, {
    body: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.${group}` },
      spec: { group, scope: 'Namespaced', names: { plural, kind: 'Widget', listKind: 'WidgetList' }, versions },
    },
  })
  if (answer.code !== 201) return answer
  const body = judgeStatus(answer.json, [], '2026-01-01T00:00:00Z')
  return server.call<CustomResourceDefinition>('PUT', `${crds}/${plural}.${group}/status`, { body })
}

const change = (plural: string, body: unknown) =>
  server.call<CustomResourceDefinition>('PATCH', `${crds}/${plural}.versions.example.com`, {
    body,
    headers: { 'content-type': 'application/json-patch+json' },
  })

const at = (version: string, plural: string) => `/apis/versions.example.com/${version}/namespaces/default/${plural}`
const spec = ({ json }: { json: KubeObject }) => (json as KubeObject & { spec?: unknown }).spec

describe('a custom kind', () => {
  it('is selected by name, paged when deleted and defaulted on reading, whatever version made it', async () => {
    const scale = { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' }
    await define('readers', [
      { name: 'v1', served: true, storage: false, ...specOf({ size: { type: 'integer' } }), subresources: { scale } },
      { name: 'v2', served: true, storage: true, ...specOf({ mode: { type: 'string', default: 'slow' } }) },
    ])
    for (const name of ['a', 'b', 'c']) {
      const body = { apiVersion: 'versions.example.com/v1', kind: 'Widget', metadata: { name }, spec: {} }
      expect(await server.call('POST', at('v1', 'readers'), { body })).toMatchObject({ code: 201 })
    }
    expect(spec(await server.call('GET', `${at('v2', 'readers')}/a`))).toEqual({ mode: 'slow' })
    const others = await server.call('GET', `${at('v1', 'readers')}?fieldSelector=metadata.name!%3Da`)
    expect(others).toMatchObject({ code: 200, json: { items: [{ metadata: { name: 'b' } }, { metadata: { name: 'c' } }] } })
    const page = await server.call('DELETE', `${at('v2', 'readers')}?limit=1`)
    expect(page).toMatchObject({ code: 200, json: { metadata: { remainingItemCount: 2, continue: expect.any(String) } } })
    const discovered = await server.call('GET', '/apis', {
      headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
    })
    expect(JSON.stringify(discovered.json)).toContain(
      '"responseKind":{"group":"versions.example.com","version":"v2","kind":"Widget"}',
    )
  })

  it('has no replicas once a patch of its Scale takes them away, and a word for a patch that says none', async () => {
    const scale = { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' }
    await define('scaled', [
      { name: 'v1', served: true, storage: true, ...specOf({ size: { type: 'integer' } }), subresources: { scale } },
    ])
    const body = { apiVersion: 'versions.example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: {} }
    await server.call('POST', at('v1', 'scaled'), { body })
    const patch = (said: unknown) =>
      server.call('PATCH', `${at('v1', 'scaled')}/a/scale`, {
        body: said,
        headers: { 'content-type': 'application/merge-patch+json' },
      })
    expect(await patch({})).toMatchObject({
      code: 400,
      json: { message: 'the spec replicas field ".spec.size" cannot be empty' },
    })
    expect(await patch({ spec: null })).toMatchObject({ code: 200, json: { spec: {} } })
  })

  it('is read and written in each version it serves, and each object is one', async () => {
    const two = specOf({ size: { type: 'integer' } })
    await define('widgets', [
      { name: 'v1', served: true, storage: true, ...two },
      { name: 'v1beta1', served: true, storage: false, deprecated: true, ...two },
    ])
    const body = { apiVersion: 'versions.example.com/v1beta1', kind: 'Widget', metadata: { name: 'a' }, spec: { size: 1 } }
    const made = await server.call('POST', at('v1beta1', 'widgets'), { body })
    expect(made).toMatchObject({ code: 201, json: { apiVersion: 'versions.example.com/v1beta1' } })
    expect(made.headers.warning).toContain('versions.example.com/v1beta1 Widget is deprecated')
    const read = await server.call('GET', `${at('v1', 'widgets')}/a`)
    expect(read).toMatchObject({ code: 200, json: { apiVersion: 'versions.example.com/v1', spec: { size: 1 } } })
    const listed = await server.call('GET', at('v1beta1', 'widgets'))
    expect(listed.json).toMatchObject({
      apiVersion: 'versions.example.com/v1beta1',
      items: [{ apiVersion: 'versions.example.com/v1beta1', metadata: { uid: made.json.metadata.uid } }],
    })

    const storage = [
      { op: 'replace', path: '/spec/versions/0/storage', value: false },
      { op: 'replace', path: '/spec/versions/1/storage', value: true },
    ]
    expect((await change('widgets', storage)).json.status.storedVersions).toEqual(['v1', 'v1beta1'])
    const patched = await server.call('PATCH', `${at('v1', 'widgets')}/a`, {
      body: { spec: { size: 2 } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    expect(patched).toMatchObject({ code: 200, json: { apiVersion: 'versions.example.com/v1', spec: { size: 2 } } })
    expect((await server.call('GET', at('v1', 'widgets'))).json).toMatchObject({
      items: [{ apiVersion: 'versions.example.com/v1', spec: { size: 2 } }],
    })
  })

  it('has what its definition says by now: defaults and pruning of what was stored before', async () => {
    await define('gadgets', [
      { name: 'v1', served: true, storage: true, ...specOf({ size: { type: 'integer' }, old: { type: 'string' } }) },
    ])
    const body = { apiVersion: 'versions.example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { old: 'x' } }
    expect((await server.call('POST', at('v1', 'gadgets'), { body })).code).toBe(201)
    const properties = '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties'
    await change('gadgets', [
      { op: 'add', path: `${properties}/size/default`, value: 3 },
      { op: 'remove', path: `${properties}/old` },
    ])
    expect(spec(await server.call('GET', `${at('v1', 'gadgets')}/a`))).toEqual({ size: 3 })
    expect((await server.call('GET', at('v1', 'gadgets'))).json).toMatchObject({ items: [{ spec: { size: 3 } }] })
    await change('gadgets', [{ op: 'replace', path: '/spec/versions/0/served', value: false }])
    expect((await server.call('GET', `${at('v1', 'gadgets')}/a`)).code).toBe(404)
  })

  it('keeps integers beyond 2^53', async () => {
    await define('numbers', [
      { name: 'v1', served: true, storage: true, ...specOf({ size: { type: 'integer', format: 'int64' } }) },
    ])
    const text =
      '{"apiVersion":"versions.example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":9007199254740993}}'
    expect((await server.call('POST', at('v1', 'numbers'), { body: text })).text).toContain('"size":9007199254740993')
    expect((await server.call('GET', `${at('v1', 'numbers')}/a`)).text).toContain('"size":9007199254740993')
  })

  it('takes the place of no built-in one', async () => {
    const versions = [{ name: 'v1', served: true, storage: true, ...specOf({}) }]
    await define('networkpolicies', versions, 'networking.k8s.io')
    expect((await server.call('GET', '/apis/networking.k8s.io/v1/networkpolicies')).json.kind).toBe('NetworkPolicyList')
  })
})
