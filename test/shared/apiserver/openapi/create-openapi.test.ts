import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createOpenApi } from '../../../../shared/apiserver/openapi/create-openapi.ts'
import type { CustomApi } from '../../../../shared/apiserver/openapi/custom-api.ts'
import { virtualDefinitions } from '../../../../shared/apiserver/virtual/resources.ts'
import { definitions } from '../../../../shared/resources/index.ts'
import { loadDescriptions, loadPublished, loadSchemas } from '../../../../shared/resources/schemas.ts'

const openApi = createOpenApi({
  definitions: [...definitions, ...virtualDefinitions],
  loadSchemas,
  loadDescriptions,
  loadPublished,
  version: 'v1.35.4',
})
const get = async (url: string, headers: Record<string, string> = {}, custom?: () => Promise<CustomApi>) => {
  const { pathname, searchParams } = new URL(url, 'https://x')
  const response = await openApi.handle(
    {
      method: 'GET',
      path: pathname,
      query: searchParams,
      header: (name) => headers[name],
      body: async () => new Uint8Array(),
      signal: new AbortController().signal,
    },
    custom,
  )
  if (!response) return expect.fail(`${url} is not answered`)
  return { ...response, body: response.body as Uint8Array }
}
// biome-ignore lint/suspicious/noExplicitAny: a document of any shape
const document = async (url: string): Promise<any> => JSON.parse(Buffer.from((await get(url)).body).toString())
const refs = (text: string, prefix: string) =>
  [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => {
    expect(match[1]!.startsWith(prefix)).toBe(true)
    return match[1]!.slice(prefix.length)
  })

describe('OpenAPI', () => {
  it('names a document for each group and version, by its hash', async () => {
    const { paths } = await document('/openapi/v3')
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['api/v1', 'apis/apps/v1', 'apis/coordination.k8s.io/v1']))
    const url = paths['api/v1'].serverRelativeURL
    expect(url).toMatch(/^\/openapi\/v3\/api\/v1\?hash=[0-9A-F]{128}$/)
    const response = await get(url)
    expect(response.headers).toMatchObject({ 'cache-control': 'public, immutable', etag: `"${url.split('=')[1]}"` })
    expect(await get(url, { 'if-none-match': response.headers.etag! })).toMatchObject({ status: 304 })
    expect(await get('/openapi/v3/api/v1?hash=OLD')).toMatchObject({ status: 301, headers: { location: url } })
  })

  it('asks extension servers for nothing but the index', async () => {
    let asked = 0
    const elsewhere = async () => {
      asked++
      return { 'apis/toys.example.com/v1': '/openapi/v3/apis/toys.example.com/v1?hash=1' }
    }
    const custom = async (): Promise<CustomApi> => ({ version: 1, elsewhere, documents: new Map() })
    for (const url of ['/openapi/v2', '/openapi/v3/api/v1']) expect((await get(url, {}, custom)).status).toBe(200)
    await expect(get('/openapi/v3/apis/none.example.com/v1', {}, custom)).rejects.toMatchObject({ code: 404 })
    expect(asked).toBe(0)
    const { paths } = JSON.parse(Buffer.from((await get('/openapi/v3', {}, custom)).body).toString()) as {
      paths: Record<string, { serverRelativeURL: string }>
    }
    expect(paths['apis/toys.example.com/v1']).toEqual({ serverRelativeURL: '/openapi/v3/apis/toys.example.com/v1?hash=1' })
    expect(paths).toHaveProperty('api/v1')
    expect(asked).toBe(1)
  })

  it('compresses for who takes it', async () => {
    const response = await get('/openapi/v3/api/v1', { 'accept-encoding': 'gzip' })
    expect(response.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(response.body)).toEqual(Buffer.from((await get('/openapi/v3/api/v1')).body))
  })

  it('resolves every reference', async () => {
    for (const path of Object.keys((await document('/openapi/v3')).paths)) {
      const one = await document(`/openapi/v3/${path}`)
      for (const ref of refs(JSON.stringify(one), '#/components/schemas/'))
        expect(one.components.schemas, path).toHaveProperty([ref])
    }
    const all = await document('/openapi/v2')
    for (const ref of refs(JSON.stringify(all), '#/definitions/')) expect(all.definitions).toHaveProperty([ref])
  })

  it('says what kubectl needs to patch and to validate', async () => {
    const apps = await document('/openapi/v3/apis/apps/v1')
    const { patch, parameters } = apps.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']
    expect(patch['x-kubernetes-group-version-kind']).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment' })
    expect(patch.parameters.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['fieldValidation', 'dryRun']),
    )
    expect(Object.keys(patch.requestBody.content)).toContain('application/strategic-merge-patch+json')
    expect(Object.keys(patch.requestBody.content)).toContain('application/apply-patch+yaml')
    expect(parameters.map(({ name }: { name: string }) => name)).toEqual(['name', 'namespace', 'pretty'])
    const schema = apps.components.schemas['io.k8s.api.apps.v1.Deployment']
    expect(schema['x-kubernetes-group-version-kind']).toEqual([{ group: 'apps', version: 'v1', kind: 'Deployment' }])
    expect(apps.components.schemas['io.k8s.api.core.v1.PodSpec'].properties.containers).toMatchObject({
      type: 'array',
      items: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.Container' }], default: {} },
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    })
  })

  it('has the verbs and subresources of a kind, and no operation twice', async () => {
    const core = await document('/openapi/v3/api/v1')
    expect(Object.keys(core.paths['/api/v1/namespaces/{namespace}/pods']).sort()).toEqual(['delete', 'get', 'parameters', 'post'])
    expect(core.paths['/api/v1/pods'].get.operationId).toBe('listCoreV1PodForAllNamespaces')
    expect(core.paths['/api/v1/namespaces/{namespace}/pods/{name}/status'].put.operationId).toBe(
      'replaceCoreV1NamespacedPodStatus',
    )
    const ids = [...JSON.stringify(core.paths).matchAll(/"operationId":"(\w+)"/g)].map((match) => match[1])
    expect(ids.length).toBe(new Set(ids).size)
  })

  it('names the options of a deletion only where something can be deleted', async () => {
    const has = async (url: string) =>
      Object.keys((await document(url)).components.schemas).some((name) => name.endsWith('.DeleteOptions'))
    expect(await has('/openapi/v3/apis/rbac.authorization.k8s.io/v1')).toBe(true)
    expect(await has('/openapi/v3/apis/authorization.k8s.io/v1')).toBe(false)
    expect(await has('/openapi/v3/apis/authentication.k8s.io/v1')).toBe(false)
  })

  it('answers version 2 in JSON, or in protobuf under a media type that can be parsed', async () => {
    expect(await document('/openapi/v2')).toMatchObject({ swagger: '2.0' })
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
    const { headers, body } = await get('/openapi/v2', { accept })
    expect(headers['content-type']).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf')
    // field 1: the version; then field 2 with the title in its field 1
    const start = Buffer.from(body as Uint8Array)
    expect([start[0], start[1], start.toString('latin1', 2, 5), start[5]]).toEqual([0x0a, 3, '2.0', 0x12])
    expect(start.toString('latin1', 9, 19)).toBe('Kubernetes')
    await expect(get('/openapi/v2', { accept: 'text/html' })).rejects.toMatchObject({ code: 406 })
  })

  it('leaves other paths alone', async () => await expect(get('/openapi/v3/apis/none/v1')).rejects.toThrow('is not answered'))
})
