import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../shared/meta/object.ts'
import type { Reach } from '../../../../shared/reach/reach.ts'
import { startTestServer, type TestServer } from '../environment.ts'
import { type ExtensionServer, group, startExtensionServer } from './extension-server.ts'

const apiServices = '/apis/apiregistration.k8s.io/v1/apiservices'
const name = `v1alpha1.${group}`
const base = `/apis/${group}/v1alpha1`
const flunders = `${base}/namespaces/default/flunders`

/** As on AWS: what is called is called by letter, and whoever meets a server that is not as it is held to be says so. */
describe('where no connection leads to extension servers', () => {
  let server: TestServer
  let extension: ExtensionServer
  let broken: Error | undefined
  let doubts: string[] = []
  beforeAll(async () => {
    extension = await startExtensionServer()
    const reach: Reach = {
      request: async (target, request) => {
        if (broken) throw broken
        return extension.reach.request(target, request)
      },
    }
    const onExtensionDoubt = async (doubted: string) => void doubts.push(doubted)
    server = await startTestServer({ reach, frontProxy: extension.frontProxy, onExtensionDoubt })
    await server.makeNamespace('default')
    await server.call('POST', apiServices, {
      body: {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name },
        spec: {
          ...{ group, version: 'v1alpha1', groupPriorityMinimum: 2000, versionPriority: 200 },
          ...{ service: { namespace: 'default', name: 'wardle' }, caBundle: extension.caBundle },
        },
      },
    })
    await setAvailable('True')
  })
  afterAll(async () => {
    extension.close()
    await server.stop()
  })
  afterEach(() => {
    broken = undefined
    doubts = []
  })
  const setAvailable = async (status: 'True' | 'False') => {
    const conditions = [{ type: 'Available', status, reason: 'x', message: 'x' }]
    const headers = { 'content-type': 'application/merge-patch+json' }
    expect(
      (await server.call('PATCH', `${apiServices}/${name}/status`, { body: { status: { conditions } }, headers })).code,
    ).toBe(200)
  }
  const discovered = async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
    const { json } = await server.call<{ items: { metadata: { name: string }; versions: object[] }[] }>('GET', '/apis', {
      headers: { accept },
    })
    return json.items.find(({ metadata }) => metadata.name === group)?.versions
  }

  it('headers go on whole, by whatever door they came', async () => {
    const headers = { 'x-custom': 'kept', 'if-none-match': '"1"', 'content-length': '999', 'content-type': 'text/x' }
    expect((await server.call('POST', flunders, { body: 'the body', headers })).code).toBe(200)
    expect(extension.asked.at(-1)).toMatchObject({
      body: 'the body',
      headers: { 'x-custom': 'kept', 'if-none-match': '"1"', 'content-length': '8', 'content-type': 'text/x' },
    })
    expect(doubts).toEqual([])
  })

  it.each([
    ['both headers', { connection: 'Upgrade', upgrade: 'SPDY/3.1' }, '"SPDY/3.1"'],
    ['what is left of them', { upgrade: 'websocket' }, '"websocket"'],
    ['the other one', { connection: 'keep-alive, Upgrade' }, '"another protocol"'],
  ])('an upgrade is refused by name: %s', async (_, headers, protocol) => {
    const before = extension.asked.length
    const { code, json } = await server.call<{ message: string }>('GET', `${flunders}/a`, { headers })
    expect(code).toBe(405)
    expect(json.message).toBe(
      `an upgrade to ${protocol} is not supported here: no connection leads from the API server into the cluster network`,
    )
    expect(extension.asked).toHaveLength(before)
  })

  it('a call that does not arrive is answered as upstream does, and casts doubt on the server', async () => {
    broken = new Error('dial tcp 10.0.0.1:8443: connect: connection refused')
    const { code, text } = await server.call('GET', flunders)
    expect([code, text]).toEqual([503, 'error trying to reach service: dial tcp 10.0.0.1:8443: connect: connection refused\n'])
    expect(doubts).toEqual([name])
  })

  it('a client that has gone casts none', async () => {
    broken = new Error('context canceled')
    const gone = AbortSignal.abort()
    await server.raw('GET', flunders, { signal: gone })
    expect(doubts).toEqual([])
  })

  it('whoever asks for one that is held to be unavailable has it looked at', async () => {
    await setAvailable('False')
    expect(await server.call('GET', flunders)).toMatchObject({ code: 503, text: 'service unavailable\n' })
    expect(doubts).toEqual([name])
    // So does discovery, which is kept for a minute.
    expect(await discovered()).toMatchObject([{ freshness: 'Stale' }])
    expect(await discovered()).toMatchObject([{ freshness: 'Stale' }])
    expect(doubts).toEqual([name, name])
    await setAvailable('True')
    expect(await discovered()).toMatchObject([{ freshness: 'Current' }])
    expect(doubts).toEqual([name, name])
  })

  it('discovery asks for no documents that nobody wants', async () => {
    await server.call<KubeObject>('PATCH', `${apiServices}/${name}`, {
      body: { metadata: { annotations: { touched: 'once' } } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    const before = extension.asked.length
    await discovered()
    expect(extension.asked.slice(before).map(({ url }) => url)).toEqual(['/apis'])
  })
})
