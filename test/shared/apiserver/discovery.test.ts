import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

interface ResourceList {
  readonly resources: readonly { name: string; verbs: string[]; kind: string; group?: string }[]
}
interface Aggregated {
  readonly kind: string
  readonly items: readonly {
    metadata: { name?: string }
    versions: readonly {
      version: string
      resources: readonly { resource: string; subresources?: readonly { subresource: string; responseKind: object }[] }[]
    }[]
  }[]
}

describe('discovery', () => {
  it('lists versions, groups and resources', async () => {
    expect((await server.call('GET', '/api')).json).toMatchObject({ kind: 'APIVersions', versions: ['v1'] })
    const groups = await server.call<{ groups: { name: string; preferredVersion: object }[] }>('GET', '/apis')
    expect(groups.json.groups[0]?.name).toBe('apiregistration.k8s.io')
    expect(groups.json.groups[1]).toMatchObject({ name: 'apps', preferredVersion: { groupVersion: 'apps/v1', version: 'v1' } })
    expect((await server.call('GET', '/apis/apps')).json).toMatchObject({ kind: 'APIGroup', name: 'apps' })
    const apps = await server.call<ResourceList>('GET', '/apis/apps/v1')
    expect(apps.json.resources.map(({ name }) => name)).toEqual([
      'controllerrevisions',
      'daemonsets',
      'daemonsets/status',
      'deployments',
      'deployments/scale',
      'deployments/status',
      'replicasets',
      'replicasets/scale',
      'replicasets/status',
      'statefulsets',
      'statefulsets/scale',
      'statefulsets/status',
    ])
    expect(apps.json.resources[4]).toMatchObject({ kind: 'Scale', group: 'autoscaling', verbs: ['get', 'patch', 'update'] })
  })

  it.each([
    ['/apis/none', 404],
    ['/apis/apps/v2', 404],
    ['/api/v2', 404],
  ])('does not find %s', async (url, code) => {
    expect((await server.call('GET', url)).json).toMatchObject({
      code,
      message: 'the server could not find the requested resource',
    })
  })

  it.each([
    ['/apis/example.com/v1/namespaces/default/widgets', 'widgets.v1.example.com'],
    ['/apis/apps/v1/widgets', 'widgets.v1.apps'],
    ['/api/v1/widgets/a', 'widgets.v1'],
  ])('names what it does not serve, at %s', async (url, what) => {
    expect((await server.call('POST', url, { body: {} })).json).toMatchObject({
      code: 404,
      reason: 'NotFound',
      message: `the server could not find the requested resource (${what} is not served; what is: kubectl api-resources)`,
    })
  })

  const accept =
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'

  it('tells by a hash which version upstream stores, though that is another', async () => {
    const { json } = await server.call<{ resources: { name: string; storageVersionHash?: string }[] }>(
      'GET',
      '/apis/apiextensions.k8s.io/v1',
    )
    const definitions = json.resources.find(({ name }) => name === 'customresourcedefinitions')
    expect(definitions?.storageVersionHash).toBe('jfWCUB31mvA=')
  })

  it('aggregates for who asks for it, once', async () => {
    const core = await server.call<Aggregated>('GET', '/api', { headers: { accept } })
    expect(core.headers['content-type']).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList')
    expect(core.json.kind).toBe('APIGroupDiscoveryList')
    const pods = core.json.items[0]?.versions[0]?.resources.find(({ resource }) => resource === 'pods')
    expect(pods?.subresources).toContainEqual({
      subresource: 'eviction',
      responseKind: { group: 'policy', version: 'v1', kind: 'Eviction' },
      verbs: ['create'],
    })
    const again = await server.call('GET', '/api', { headers: { accept, 'if-none-match': core.headers.etag ?? '' } })
    expect(again.code).toBe(304)
    const groups = await server.call<Aggregated>('GET', '/apis', { headers: { accept } })
    expect(groups.json.items.map(({ metadata }) => metadata.name)).toContain('authorization.k8s.io')
  })
})
