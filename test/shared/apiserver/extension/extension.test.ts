import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../shared/meta/object.ts'
import { startTestServer, type TestServer } from '../environment.ts'
import { type ExtensionServer, group, startExtensionServer } from './extension-server.ts'

const apiServices = '/apis/apiregistration.k8s.io/v1/apiservices'
const base = `/apis/${group}/v1alpha1`
const flunders = `${base}/namespaces/default/flunders`

let server: TestServer
let extension: ExtensionServer
beforeAll(async () => {
  extension = await startExtensionServer()
  const { reach, frontProxy } = extension
  server = await startTestServer({ reach, frontProxy, defaultRoles: true })
  await server.makeNamespace('default')
})
afterAll(async () => {
  extension.close()
  await server.stop()
})

const service = (version: string, of: string, spec: object = {}) => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: `${version}.${of}` },
  spec: {
    ...{ group: of, version, groupPriorityMinimum: 2000, versionPriority: 200 },
    ...{ service: { namespace: 'default', name: 'wardle' }, caBundle: extension.caBundle, ...spec },
  },
})

const setAvailable = (name: string, status: 'True' | 'False') =>
  server.call('PATCH', `${apiServices}/${name}/status`, {
    body: { status: { conditions: [{ type: 'Available', status, reason: 'Passed', message: 'x' }] } },
    headers: { 'content-type': 'application/merge-patch+json' },
  })

describe('an APIService', () => {
  it('that leads to a Service is served by its server once it is available, and by nobody before', async () => {
    expect((await server.call('GET', flunders)).code).toBe(404)
    const made = await server.call('POST', apiServices, { body: service('v1alpha1', group) })
    expect(made).toMatchObject({ code: 201, json: { spec: { service: { port: 443 } } } })
    expect(await server.call('GET', flunders)).toMatchObject({ code: 503, text: 'service unavailable\n' })
    await setAvailable(`v1alpha1.${group}`, 'True')
    expect((await server.call('GET', flunders)).json).toMatchObject({ kind: 'Flunder' })
  })

  it('is shown with who answers', async () => {
    const { json } = await server.call<{ rows: { cells: unknown[] }[] }>('GET', apiServices, {
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    })
    expect(json.rows[0]!.cells).toEqual([`v1alpha1.${group}`, 'default/wardle', 'True', expect.any(String)])
  })

  it('of what is built in leads nowhere', async () => {
    await server.call('POST', apiServices, { body: service('v1', 'apps') })
    await setAvailable('v1.apps', 'True')
    const before = extension.asked.length
    expect((await server.call('GET', '/apis/apps/v1/namespaces/default/deployments')).json.kind).toBe('DeploymentList')
    expect((await server.call('GET', '/apis/apps/v1')).json.kind).toBe('APIResourceList')
    expect(extension.asked).toHaveLength(before)
  })

  it('is named by what it stands for, which no prefix is', async () => {
    const whole = service('v1', 'a.example.com')
    const { code, json } = await server.call<{ message: string }>('POST', apiServices, {
      body: { ...whole, metadata: { generateName: 'v1.' } },
    })
    const due = 'must be `spec.version+"."+spec.group`: "v1.a.example.com"'
    expect([code, json.message]).toEqual([422, expect.stringContaining(`metadata.generateName: Invalid value: "v1.": ${due}`)])
  })
})

describe('a request to an extension server', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('goes on whole: %s', async (method) => {
    const body = method === 'GET' ? undefined : 'the body'
    const { code } = await server.call(method, `${flunders}/a?x=%20y`, { body, headers: { 'content-type': 'text/x' } })
    expect(code).toBe(200)
    expect(extension.asked.at(-1)).toMatchObject({
      ...{ method, url: `${flunders}/a?x=+y` },
      body: body ?? '',
      client: 'front-proxy-client',
    })
  })

  it('says for whom it is, and nobody says so himself', async () => {
    const user = { name: 'ann', uid: '7', groups: ['system:masters', 'b'], extra: { 'Scopes/a b': ['one', 'two'] } }
    await server.call('GET', flunders, {
      user,
      headers: { 'x-remote-user': 'root', 'x-remote-group': 'system:masters', authorization: 'Bearer secret' },
    })
    const { headers } = extension.asked.at(-1)!
    expect(headers).toMatchObject({
      ...{ 'x-remote-user': 'ann', 'x-remote-uid': '7', 'x-remote-group': 'system:masters, b, system:authenticated' },
      'x-remote-extra-scopes%2fa%20b': 'one, two',
    })
    expect(headers.authorization).toBeUndefined()
  })

  it('is held against roles first', async () => {
    const before = extension.asked.length
    const { code } = await server.call('GET', flunders, { user: { name: 'bob', groups: ['system:authenticated'] } })
    expect(code).toBe(403)
    expect(extension.asked).toHaveLength(before)
  })

  it('is not led elsewhere', async () => {
    expect(await server.call('GET', `${flunders}/away`)).toMatchObject({
      code: 502,
      text: 'the backend attempted to redirect this request, which is not permitted\n',
    })
  })

  it('that watches is answered as it comes, and breaks off when the server dies', async () => {
    const gone = new AbortController()
    const { body } = await server.raw('GET', `${flunders}?watch=1`, { signal: gone.signal })
    const chunks = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
    expect(Buffer.from((await chunks.next()).value!).toString()).toContain('"ADDED"')
    gone.abort()
    const dying = await server.raw('GET', `${flunders}?watch=1&dies=1`)
    await expect(
      (async () => {
        for await (const _ of dying.body as AsyncIterable<Uint8Array>);
      })(),
    ).rejects.toThrow('unexpected EOF')
  })

  it('that leaves HTTP is carried through, with who it is for', async () => {
    const socket = new PassThrough() as PassThrough & { destroySoon?: () => void }
    const seen: string[] = []
    const client = Object.assign(socket, {})
    const original = client.write.bind(client)
    client.write = ((chunk: Uint8Array) => {
      seen.push(Buffer.from(chunk).toString())
      return original(chunk)
    }) as never
    const response = await server.handle({
      ...{ method: 'GET', path: `${flunders}/a`, query: new URLSearchParams(), header: () => undefined },
      body: async () => new Uint8Array(),
      signal: new AbortController().signal,
      peer: { name: 'ann', groups: ['system:masters'] },
      upgrade: {
        rawHeaders: ['Connection', 'Upgrade', 'Upgrade', 'echo', 'X-Remote-User', 'root'],
        head: new Uint8Array(),
        socket: client,
      },
    })
    expect(response.status).toBe(101)
    await expect.poll(() => seen.join('')).toContain('101 Switching Protocols')
    expect(extension.asked.at(-1)).toMatchObject({ client: 'upgraded', headers: { 'x-remote-user': 'ann' } })
    client.destroy()
  })
})

describe('discovery', () => {
  type Discovered = {
    items: { metadata: { name: string }; versions: { version: string; freshness: string; resources: { resource: string }[] }[] }[]
  }
  const aggregated = async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
    const { json } = await server.call<Discovered>('GET', '/apis', { headers: { accept } })
    return json.items.find(({ metadata }) => metadata.name === group)?.versions
  }
  /** The server is asked again. */
  const touch = () =>
    server.call('PATCH', `${apiServices}/v1alpha1.${group}`, {
      body: { metadata: { annotations: { touched: String(Math.random()) } } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })

  it('tells of what extension servers serve, whichever form they speak', async () => {
    // Some clients can't do without a kind.
    const responseKind = { group: '', version: '', kind: '' }
    const subresources = [{ subresource: 'status', responseKind }]
    expect(await aggregated()).toMatchObject([
      { version: 'v1alpha1', freshness: 'Current', resources: [{ resource: 'flunders', responseKind, subresources }] },
    ])
    extension.legacy = 406
    await touch()
    expect(await aggregated()).toMatchObject([
      {
        version: 'v1alpha1',
        resources: [{ resource: 'flunders', scope: 'Namespaced', subresources: [{ subresource: 'status' }] }],
      },
    ])
    const { json } = await server.call<{ groups: { name: string }[] }>('GET', '/apis')
    expect(json.groups.at(-1)).toMatchObject({ name: group, preferredVersion: { version: 'v1alpha1' } })
    expect((await server.call('GET', `/apis/${group}`)).json).toMatchObject({ kind: 'APIGroup', name: group })
    expect((await server.call('GET', base)).json).toMatchObject({ kind: 'APIResourceList', groupVersion: `${group}/v1alpha1` })
  })

  it.each([200, 403, 404, 500])('asks in the old form whoever answers the new one with %i', async (code) => {
    extension.legacy = code
    await touch()
    expect(await aggregated()).toMatchObject([{ freshness: 'Current', resources: [{ resource: 'flunders' }] }])
  })

  it('takes a server that says that it is not there at its word', async () => {
    extension.legacy = 503
    await touch()
    expect(await aggregated()).toMatchObject([{ freshness: 'Stale' }])
    extension.legacy = false
    await touch()
  })

  it('marks as stale what it could not ask, and keeps what it knew', async () => {
    extension.down = true
    await touch()
    expect(await aggregated()).toMatchObject([{ freshness: 'Stale', resources: [{ resource: 'flunders' }] }])
    extension.down = false
  })

  it('asks nobody twice in a minute', async () => {
    await touch()
    await aggregated()
    const before = extension.asked.length
    await aggregated()
    expect(extension.asked).toHaveLength(before)
  })

  it('forgets what is deleted', async () => {
    await server.call<KubeObject>('DELETE', `${apiServices}/v1alpha1.${group}`)
    expect(await aggregated()).toBeUndefined()
    expect((await server.call('GET', `/apis/${group}`)).code).toBe(404)
  })
})
