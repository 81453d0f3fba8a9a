import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { User } from '../../../shared/apiserver/request.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
let uid = ''
const user: User = { name: 'system:node:n1', groups: ['system:nodes'] }
const pods = '/api/v1/namespaces/default/pods'

beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
  const node = await server.call('POST', '/api/v1/nodes', { body: { metadata: { name: 'n1' } } })
  uid = node.json.metadata.uid ?? ''
})
afterAll(() => server.stop())

const owner = (changes: object = {}) => ({ apiVersion: 'v1', kind: 'Node', name: 'n1', uid, controller: true, ...changes })
const mirror = (spec: object, ownerReferences: unknown = [owner()], name = 'static') => ({
  metadata: { name, annotations: { 'kubernetes.io/config.mirror': 'x' }, ownerReferences },
  spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }], ...spec },
})
const withVolume = (source: object) => ({ volumes: [{ name: 'v', ...source }] })
const withEnv = (container: object) => ({ containers: [{ name: 'c', image: 'i', ...container }] })
const refers = (what: string) => `pods "static" is forbidden: node "n1" can not create pods that reference ${what}`
const account = 'pods "static" is forbidden: a mirror pod may not reference service accounts'
const secrets = 'pods "static" is forbidden: a mirror pod may not reference secrets'

describe('a mirror pod that a node makes', () => {
  it('needs nothing of the API', async () => {
    const volumes = [
      { name: 'e', emptyDir: {} },
      { name: 'h', hostPath: { path: '/tmp' } },
      {
        name: 'd',
        projected: { sources: [{ downwardAPI: { items: [{ path: 'n', fieldRef: { fieldPath: 'metadata.name' } }] } }] },
      },
    ]
    const { code, text } = await server.call('POST', pods, { user, body: mirror({ volumes }, [owner()], 'good') })
    expect(code, text).toBe(201)
  })

  it.each([
    [{ serviceAccountName: 'default' }, account],
    [{ serviceAccount: 'default' }, account],
    [{ imagePullSecrets: [{ name: 's' }] }, secrets],
    [withEnv({ env: [{ name: 'E', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }), secrets],
    [withEnv({ envFrom: [{ secretRef: { name: 's' } }] }), secrets],
    [{ initContainers: [{ name: 'i', image: 'i', envFrom: [{ secretRef: { name: 's' } }] }] }, secrets],
    [withVolume({ secret: { secretName: 's' } }), secrets],
    [withVolume({ projected: { sources: [{ secret: { name: 's' } }] } }), secrets],
    [withVolume({ azureFile: { secretName: 's', shareName: 'x' } }), secrets],
    [withVolume({ csi: { driver: 'd.example.com', nodePublishSecretRef: { name: 's' } } }), secrets],
    [withVolume({ cephfs: { monitors: ['m'], secretRef: { name: 's' } } }), secrets],
    [withEnv({ env: [{ name: 'E', valueFrom: { configMapKeyRef: { name: 'm', key: 'k' } } }] }), refers('configmaps')],
    [withEnv({ envFrom: [{ configMapRef: { name: 'm' } }] }), refers('configmaps')],
    [withVolume({ configMap: { name: 'm' } }), refers('configmaps')],
    [withVolume({ projected: { sources: [{ configMap: { name: 'm' } }] } }), refers('configmaps')],
    [withVolume({ persistentVolumeClaim: { claimName: 'c' } }), refers('persistentvolumeclaims')],
    [
      withVolume({
        ephemeral: {
          volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1' } } } },
        },
      }),
      refers('persistentvolumeclaims (via ephemeral volumes)'),
    ],
    [withVolume({ csi: { driver: 'd.example.com' } }), refers('csidrivers (via CSI volumes)')],
    [withVolume({ glusterfs: { endpoints: 'e', path: 'p' } }), refers('endpoints (via glusterFS volumes)')],
    [
      withVolume({ projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }),
      'pods "static" is forbidden: a mirror pod may not use ServiceAccountToken volume projections',
    ],
  ])('may not have %j', async (spec, message) => {
    const { json } = await server.call('POST', pods, { user, body: mirror(spec) })
    expect(json).toMatchObject({ code: 403, message })
  })

  const forbidden = (message: string) => `pods "static" is forbidden: node ${message}`
  it.each([
    ['nobody', () => [], forbidden('"n1" can only create pods with an owner reference set to itself')],
    ['another node', () => [owner({ name: 'n2' })], forbidden('"n1" can only create pods with an owner reference set to itself')],
    [
      'another kind',
      () => [owner({ kind: 'Pod' })],
      forbidden('"n1" can only create pods with an owner reference set to itself'),
    ],
    [
      'two owners',
      () => [owner(), owner({ name: 'n2', uid: 'y', controller: false })],
      forbidden('"n1" can only create pods with a single owner reference set to itself'),
    ],
    [
      'one that does not control it',
      () => [owner({ controller: false })],
      forbidden('"n1" can only create pods with a controller owner reference set to itself'),
    ],
    [
      'one that it blocks',
      () => [owner({ blockOwnerDeletion: true })],
      forbidden('"n1" must not set blockOwnerDeletion on an owner reference'),
    ],
    ['an earlier node of the name', () => [owner({ uid: 'x' })], () => forbidden(`n1 UID mismatch: expected x got ${uid}`)],
  ])('may not be owned by %s', async (_, owners, message) => {
    const { json } = await server.call('POST', pods, { user, body: mirror({}, owners()) })
    expect(json).toMatchObject({ code: 403, message: typeof message === 'string' ? message : message() })
  })
})

describe('a node', () => {
  const headers = { 'content-type': 'application/merge-patch+json' }
  beforeAll(async () => {
    const pod = (name: string, nodeName: string) => ({
      metadata: { name },
      spec: { nodeName, containers: [{ name: 'c', image: 'i' }] },
    })
    await server.call('POST', pods, { body: pod('own', 'n1') })
    await server.call('POST', pods, { body: pod('foreign', 'n2') })
  })

  it.each([
    [
      'POST',
      `${pods}/foreign/eviction`,
      { metadata: { name: 'foreign' } },
      'pods "foreign" is forbidden: node n1 can only evict pods with spec.nodeName set to itself',
    ],
    [
      'PATCH',
      `${pods}/own/status`,
      { metadata: { labels: { a: 'b' } } },
      'pods "own" is forbidden: node "n1" cannot update labels through pod status',
    ],
    [
      'POST',
      '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases',
      { metadata: { name: 'n2' }, spec: {} },
      'leases.coordination.k8s.io "n2" is forbidden: can only access node lease with the same name as the requesting node',
    ],
  ])('may not %s %s %j', async (method, url, body, message) => {
    await server.makeNamespace('kube-node-lease')
    const { json } = await server.call(method, url, { user, body, ...(method === 'PATCH' && { headers }) })
    expect(json).toMatchObject({ code: 403, message })
  })

  it('without a name is refused', async () => {
    const nameless = { name: 'system:node:', groups: ['system:nodes'] }
    const { json } = await server.call('POST', '/api/v1/nodes', { user: nameless, body: { metadata: { name: 'n9' } } })
    expect(json).toMatchObject({
      code: 403,
      message:
        'nodes is forbidden: User "system:node:" cannot create resource "nodes" in API group "" at the cluster scope: unknown node for user "system:node:"',
    })
  })

  it('evicts its own pods', async () => {
    const { code } = await server.call('POST', `${pods}/own/eviction`, { user, body: { metadata: { name: 'own' } } })
    expect(code).toBe(201)
  })
})
