import { afterAll, beforeAll, expect, it } from 'vitest'
import type { NodeUsage } from '../../../shared/resources/metrics/node-usage.ts'
import type { Heartbeats } from '../../../shared/storage/heartbeats.ts'
import { openLmdbStore } from '../../../shared/storage/lmdb/open.ts'
import { newDirectory } from '../storage/lmdb/directory.ts'
import { startTestServer, type TestServer } from './environment.ts'

const base = '/apis/metrics.k8s.io/v1beta1'
const hour = 3_600_000
let server: TestServer
let heartbeats: Heartbeats
let nowMs = Date.now()
let closeStore: () => Promise<void>
const uids = new Map<string, string>()

const makePod = async (namespace: string, name: string, nodeName?: string) => {
  const body = {
    metadata: { name, labels: { app: name } },
    spec: { nodeName, containers: [{ name: 'a', image: 'a' }] },
  }
  const { code, json } = await server.call('POST', `/api/v1/namespaces/${namespace}/pods`, { body })
  expect(code).toBe(201)
  uids.set(`${namespace}/${name}`, json.metadata.uid!)
}

const usageOf = (namespace: string, name: string, uid = uids.get(`${namespace}/${name}`)!) => ({
  ...{ atMs: nowMs - 1000, windowMs: 15_023, namespace, name, uid },
  containers: [
    { name: 'a', cpuNanoCores: 123_456, memoryBytes: 1234 * 1024 },
    { name: 'b', cpuNanoCores: 250_000_000, memoryBytes: 64 << 20 },
  ],
})

const beat = (node: string, pods: NodeUsage['pods'] = []) => {
  const usage: NodeUsage = { atMs: nowMs, windowMs: 10_008, cpuNanoCores: 1_500_000_000, memoryBytes: 2 ** 31, pods }
  return server.call('POST', `/apis/windlass.dev/v1/nodes/${node}/heartbeat`, { body: { usage } })
}

beforeAll(async () => {
  const directory = await newDirectory()
  const lmdb = await openLmdbStore({ path: directory.path })
  heartbeats = lmdb.heartbeats
  closeStore = async () => {
    await lmdb.close()
    await directory.remove()
  }
  const clock = { now: () => nowMs, sleep: async () => undefined }
  server = await startTestServer({ heartbeats, clock, defaultRoles: true })
  for (const name of ['default', 'other']) await server.makeNamespace(name)
  for (const name of ['node-1', 'node-2', 'silent'])
    await server.call('POST', '/api/v1/nodes', { body: { metadata: { name, labels: { zone: name } } } })
  await makePod('default', 'one', 'node-1')
  await makePod('default', 'two', 'node-1')
  await makePod('other', 'three', 'node-2')
  await makePod('other', 'pending')
  expect((await beat('node-1', [usageOf('default', 'two'), usageOf('default', 'one')])).code).toBe(200)
  // It says of another's pod, and of one that was before.
  await beat('node-2', [usageOf('other', 'three'), usageOf('default', 'one'), usageOf('other', 'pending')])
})
afterAll(async () => {
  await server.stop()
  await closeStore()
})

const namesAt = async (path: string): Promise<string[]> => {
  const { code, json } = await server.call<{ items: { metadata: { name: string } }[] }>('GET', `${base}${path}`)
  expect(code).toBe(200)
  return json.items.map(({ metadata }) => metadata.name)
}

it('shows a pod in the forms that clients of metrics-server know', async () => {
  const { json } = await server.call('GET', `${base}/namespaces/default/pods/one`)
  expect(json).toEqual({
    ...{ kind: 'PodMetrics', apiVersion: 'metrics.k8s.io/v1beta1' },
    metadata: { ...{ name: 'one', namespace: 'default', labels: { app: 'one' } }, creationTimestamp: expect.any(String) },
    ...{ timestamp: `${new Date(nowMs).toISOString().slice(0, 19)}Z`, window: '15.023s' },
    containers: [
      { name: 'a', usage: { cpu: '123456n', memory: '1234Ki' } },
      { name: 'b', usage: { cpu: '250m', memory: '64Mi' } },
    ],
  })
})

it('shows a node', async () => {
  const { json } = await server.call('GET', `${base}/nodes/node-1`)
  expect(json).toMatchObject({ kind: 'NodeMetrics', metadata: { name: 'node-1' }, window: '10.008s' })
  expect(json).toHaveProperty('usage', { cpu: '1500m', memory: '2Gi' })
})

it.each([
  ['/pods', ['one', 'two', 'three']],
  ['/namespaces/default/pods', ['one', 'two']],
  ['/namespaces/nowhere/pods', []],
  ['/pods?labelSelector=app%20in%20(two,three)', ['two', 'three']],
  ['/pods?fieldSelector=metadata.name=one', ['one']],
  ['/pods?fieldSelector=metadata.namespace!=default', ['three']],
  ['/nodes', ['node-1', 'node-2']],
  ['/nodes?labelSelector=zone=node-2', ['node-2']],
  ['/nodes?fieldSelector=metadata.name=node-2', ['node-2']],
])('lists %s', async (path, names) => {
  expect(await namesAt(path)).toEqual(names)
})

it.each([
  ['/namespaces/default/pods/nobody', 404, 'pods "nobody" not found'],
  ['/namespaces/other/pods/pending', 404, 'podmetrics.metrics.k8s.io "other/pending" not found'],
  ['/nodes/nobody', 404, 'nodes "nobody" not found'],
  ['/nodes/silent', 404, 'nodemetrics.metrics.k8s.io "silent" not found'],
  [
    '/pods?fieldSelector=spec.nodeName=x',
    400,
    '"spec.nodeName" is not a known field selector: only "metadata.name", "metadata.namespace"',
  ],
  ['/nodes?watch=true', 405, 'watch is not supported on resources of kind "nodes.metrics.k8s.io"'],
])('refuses %s', async (path, code, message) => {
  expect(await server.call('GET', `${base}${path}`)).toMatchObject({ code, json: { message } })
})

it('has tables as metrics-server has them', async () => {
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
  const { json } = await server.call('GET', `${base}/namespaces/default/pods`, { headers: { accept } })
  expect(json).toMatchObject({
    kind: 'Table',
    columnDefinitions: ['Name', 'cpu', 'memory', 'Window'].map((name) => ({ name, type: 'string', priority: 0 })),
    rows: ['one', 'two'].map((name) => ({ cells: [name, '250123456n', '66770Ki', '15.023s'], object: { metadata: { name } } })),
  })
})

it('lets who may view see pods, and nobody else', async () => {
  const as = (name: string) => ({ user: { name, groups: ['system:authenticated'] } })
  await server.call('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings', {
    body: {
      metadata: { name: 'viewer' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ann' }],
    },
  })
  expect((await server.call('GET', `${base}/namespaces/default/pods`, as('ann'))).code).toBe(200)
  expect((await server.call('GET', `${base}/namespaces/other/pods`, as('ann'))).code).toBe(403)
  expect((await server.call('GET', `${base}/namespaces/default/pods`, as('bob'))).code).toBe(403)
})

it.each([
  ['a negative amount', { cpuNanoCores: -1 }],
  ['a fraction', { memoryBytes: 0.5 }],
  ['a text', { windowMs: '1' }],
  ['no list', { pods: {} }],
  ['a pod without a name', { pods: [{ atMs: 1, windowMs: 1, namespace: 'default', uid: 'u', containers: [] }] }],
  ['more pods than a node has', { pods: Array.from({ length: 1001 }, () => usageOf('default', 'one')) }],
])('refuses a heartbeat whose usage has %s', async (_what, change) => {
  const usage = { atMs: nowMs, windowMs: 1, cpuNanoCores: 1, memoryBytes: 1, pods: [], ...change }
  const { code } = await server.call('POST', '/apis/windlass.dev/v1/nodes/node-1/heartbeat', { body: { usage } })
  expect(code).toBe(400)
})

it('knows nothing more of a node that is silent, until it is heard of: then what it said holds', async () => {
  nowMs += hour
  expect(await namesAt('/nodes')).toEqual([])
  expect(await namesAt('/pods')).toEqual([])
  await server.call('POST', '/apis/windlass.dev/v1/nodes/node-1/heartbeat', { body: {} })
  expect(await namesAt('/pods')).toEqual(['one', 'two'])
  const { json } = await server.call('GET', `${base}/nodes/node-1`)
  expect(json).toMatchObject({ timestamp: `${new Date(nowMs).toISOString().slice(0, 19)}Z` })
})

it('gives way to a server that an APIService names', async () => {
  const body = {
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      ...{ group: 'metrics.k8s.io', version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100 },
      ...{ service: { namespace: 'kube-system', name: 'metrics-server' }, insecureSkipTLSVerify: true },
    },
  }
  const path = '/apis/apiregistration.k8s.io/v1/apiservices'
  expect((await server.call('POST', path, { body })).code).toBe(201)
  expect(await server.call('GET', `${base}/nodes`)).toMatchObject({ code: 503, text: 'service unavailable\n' })
  await server.call('DELETE', `${path}/${body.metadata.name}`)
  expect((await server.call('GET', `${base}/nodes`)).code).toBe(200)
})
