import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { User } from '../../../../../shared/apiserver/request.ts'
import { startTestServer, type TestServer } from '../../environment.ts'
import { newSigningRequest } from '../../new-signing-request.ts'

let server: TestServer
let taking: TestServer
const user: User = { name: 'system:node:n1', groups: ['system:nodes'] }
const merge = { 'content-type': 'application/merge-patch+json' }
const core = '/api/v1/namespaces/a'
const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
const csiNodes = '/apis/storage.k8s.io/v1/csinodes'
const claims = '/apis/resource.k8s.io/v1/namespaces/a/resourceclaims'
const slices = '/apis/resource.k8s.io/v1/resourceslices'
const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests'

const make = async (to: TestServer, url: string, body: object) => {
  const { code, text } = await to.call('POST', url, { body })
  if (code !== 201) throw new Error(text)
}
const claim = (name: string) => ({
  metadata: { name },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    storageClassName: '',
    volumeName: `pv-${name}`,
  },
})
const volume = (name: string) => ({
  metadata: { name: `pv-${name}` },
  spec: {
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '1Gi' },
    claimRef: { kind: 'PersistentVolumeClaim', namespace: 'a', name },
    csi: { driver: 'd.example.com', volumeHandle: name, nodeStageSecretRef: { namespace: 'vault', name: `stage-${name}` } },
  },
})

const slice = (name: string, nodeName: string) => ({
  metadata: { name },
  spec: { driver: 'd.example.com', nodeName, pool: { name: 'p', generation: 1, resourceSliceCount: 1 } },
})

const fill = async (to: TestServer) => {
  for (const namespace of ['a', 'vault', 'kube-node-lease']) await to.makeNamespace(namespace)
  await make(to, '/api/v1/nodes', { metadata: { name: 'n1' } })
  await make(to, '/api/v1/nodes', { metadata: { name: 'n2' } })
  for (const [name, nodeName] of [
    ['mine', 'n1'],
    ['theirs', 'n2'],
  ] as const) {
    await make(to, `${core}/serviceaccounts`, { metadata: { name } })
    await make(to, `${core}/secrets`, { metadata: { name } })
    await make(to, `${core}/configmaps`, { metadata: { name } })
    await make(to, `${core}/persistentvolumeclaims`, claim(name))
    await make(to, '/api/v1/persistentvolumes', volume(name))
    await make(to, '/api/v1/namespaces/vault/secrets', { metadata: { name: `stage-${name}` } })
    await make(to, leases, { metadata: { name: nodeName } })
    await make(to, csiNodes, { metadata: { name: nodeName }, spec: { drivers: [] } })
    await make(to, '/apis/storage.k8s.io/v1/volumeattachments', {
      metadata: { name },
      spec: { attacher: 'd.example.com', nodeName, source: { persistentVolumeName: `pv-${name}` } },
    })
    await make(to, claims, {
      metadata: { name },
      spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } },
    })
    await make(to, slices, slice(name, nodeName))
    await make(to, `${core}/pods`, {
      metadata: { name },
      spec: {
        nodeName,
        serviceAccountName: name,
        resourceClaims: [{ name: 'd', resourceClaimName: name }],
        containers: [{ name: 'c', image: 'i', envFrom: [{ secretRef: { name } }, { configMapRef: { name } }] }],
        volumes: [{ name: 'd', persistentVolumeClaim: { claimName: name } }],
      },
    })
  }
}

beforeAll(async () => {
  server = await startTestServer()
  taking = await startTestServer({ nodesReadNodes: true })
  await fill(server)
  await make(taking, '/api/v1/nodes', { metadata: { name: 'n2' } })
})
afterAll(async () => {
  await server.stop()
  await taking.stop()
})

const unrelated = "no relationship found between node 'n1' and this object"
const watched = (url: string) => `${url}${url.includes('?') ? '&' : '?'}timeoutSeconds=0&watch=1`
const named = (url: string, name: string) => `${url}?fieldSelector=metadata.name%3D${name}`

describe('a node', () => {
  it.each([
    ['GET', `${core}/secrets/mine`],
    ['GET', named(`${core}/secrets`, 'mine')],
    ['GET', `${core}/configmaps/mine`],
    ['GET', named(`${core}/configmaps`, 'mine')],
    ['GET', `${core}/persistentvolumeclaims/mine`],
    ['GET', '/api/v1/persistentvolumes/pv-mine'],
    ['GET', '/api/v1/namespaces/vault/secrets/stage-mine'],
    ['GET', '/apis/storage.k8s.io/v1/volumeattachments/mine'],
    ['GET', `${claims}/mine`],
    ['GET', `${slices}/mine`],
    ['GET', `${slices}?fieldSelector=spec.nodeName%3Dn1`],
    ['GET', `${core}/serviceaccounts/mine`],
    ['GET', `${core}/pods/mine`],
    ['GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dn1'],
    ['GET', '/api/v1/pods?fieldSelector=status.phase%21%3DRunning%2Cspec.nodeName%3D%3Dn1'],
    ['GET', named(`${core}/pods`, 'mine')],
    ['GET', '/api/v1/nodes/n1'],
    ['GET', named('/api/v1/nodes', 'n1')],
    ['GET', `${leases}/n1`],
    ['GET', `${csiNodes}/n1`],
    ['GET', '/api/v1/services'],
    ['GET', '/apis/discovery.k8s.io/v1/endpointslices'],
    ['GET', '/apis/node.k8s.io/v1/runtimeclasses'],
    ['GET', '/apis/storage.k8s.io/v1/csidrivers'],
    ['GET', requests],
  ])('reads what is its own: %s %s', async (method, url) => {
    const { code, text } = await server.call(method, url, { user })
    expect(code, text).toBe(200)
  })

  it.each([
    ['GET', `${core}/secrets/theirs`, unrelated],
    ['GET', `${core}/secrets/nowhere`, unrelated],
    ['GET', `${core}/secrets`, 'No Object name found'],
    ['GET', '/api/v1/secrets', 'can only read namespaced object of this type'],
    ['GET', named('/api/v1/secrets', 'mine'), 'can only read namespaced object of this type'],
    ['GET', named(`${core}/secrets`, 'theirs'), unrelated],
    ['GET', watched(named(`${core}/secrets`, 'theirs')), unrelated],
    ['GET', watched(`${core}/secrets`), 'No Object name found'],
    ['GET', `/api/v1/watch/namespaces/a/secrets/theirs`, unrelated],
    ['GET', `${core}/secrets?fieldSelector=metadata.name%21%3Dmine`, 'No Object name found'],
    ['GET', `${core}/secrets?labelSelector=a%3Db`, 'No Object name found'],
    ['DELETE', `${core}/secrets/mine`, 'can only read resources of this type'],
    ['PATCH', `${core}/configmaps/mine`, 'can only read resources of this type'],
    ['GET', `${core}/configmaps/theirs`, unrelated],
    ['GET', `${core}/configmaps`, 'No Object name found'],
    ['GET', '/api/v1/namespaces/vault/secrets/stage-theirs', unrelated],
    ['GET', '/api/v1/namespaces/vault/secrets/mine', unrelated],
    ['GET', `${core}/persistentvolumeclaims`, 'can only get individual resources of this type'],
    ['GET', `${core}/persistentvolumeclaims/theirs`, unrelated],
    ['GET', '/api/v1/persistentvolumes/pv-theirs', unrelated],
    ['GET', '/api/v1/persistentvolumes', 'can only get individual resources of this type'],
    ['GET', '/apis/storage.k8s.io/v1/volumeattachments/theirs', unrelated],
    ['GET', '/apis/storage.k8s.io/v1/volumeattachments', 'can only get individual resources of this type'],
    ['GET', `${claims}/theirs`, unrelated],
    ['GET', claims, 'can only get individual resources of this type'],
    ['PATCH', `${claims}/mine/status`, 'can only get individual resources of this type'],
    ['DELETE', `${claims}/mine`, 'can only get individual resources of this type'],
    ['GET', `${slices}/theirs`, unrelated],
    ['PATCH', `${slices}/theirs`, unrelated],
    ['DELETE', `${slices}/theirs`, unrelated],
    ['GET', slices, 'can only list/watch/deletecollection resourceslices with nodeName field selector'],
    [
      'DELETE',
      `${slices}?fieldSelector=spec.driver%3Dd`,
      'can only list/watch/deletecollection resourceslices with nodeName field selector',
    ],
    ['GET', `${core}/serviceaccounts/theirs`, unrelated],
    ['GET', `${core}/serviceaccounts`, 'can only create tokens for individual service accounts'],
    ['GET', `${core}/pods/theirs`, unrelated],
    ['GET', `${core}/pods/gone`, unrelated],
    ['GET', '/api/v1/pods', 'can only list/watch pods with spec.nodeName field selector'],
    ['GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dn2', 'can only list/watch pods with spec.nodeName field selector'],
    ['GET', '/api/v1/pods?fieldSelector=spec.nodeName%21%3Dn1', 'can only list/watch pods with spec.nodeName field selector'],
    ['GET', watched('/api/v1/pods'), 'can only list/watch pods with spec.nodeName field selector'],
    ['GET', named(`${core}/pods`, 'theirs'), unrelated],
    ['GET', `${core}/pods/mine/log`, ''],
    ['GET', `${core}/pods/mine/ephemeralcontainers`, ''],
    ['DELETE', `${core}/pods`, ''],
    ['GET', '/api/v1/nodes', "node 'n1' cannot read all nodes, only its own Node object"],
    ['GET', '/api/v1/nodes/n2', "node 'n1' cannot read 'n2', only its own Node object"],
    ['GET', named('/api/v1/nodes', 'n2'), "node 'n1' cannot read 'n2', only its own Node object"],
    ['DELETE', '/api/v1/nodes/n1', ''],
    ['DELETE', '/api/v1/nodes', ''],
    ['GET', '/api/v1/nodes/n1/proxy/pods', ''],
    ['GET', `${leases}/n2`, 'can only access node lease with the same name as the requesting node'],
    ['DELETE', `${leases}/n2`, 'can only access node lease with the same name as the requesting node'],
    ['GET', leases, 'can only get, create, update, patch, or delete a node lease'],
    ['DELETE', leases, 'can only get, create, update, patch, or delete a node lease'],
    [
      'GET',
      '/apis/coordination.k8s.io/v1/namespaces/a/leases/n1',
      'can only access leases in the "kube-node-lease" system namespace',
    ],
    ['GET', `${csiNodes}/n2`, 'can only access CSINode with the same name as the requesting node'],
    ['GET', csiNodes, 'can only get, create, update, patch, or delete a CSINode'],
    ['GET', '/api/v1/namespaces', ''],
    ['GET', '/apis/apps/v1/deployments', ''],
    ['GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles', ''],
    ['DELETE', `${requests}/x`, ''],
  ])('is refused %s %s', async (method, url, reason) => {
    const headers = method === 'PATCH' ? { headers: merge, body: {} } : {}
    const { json } = await server.call(method, url, { user, ...headers })
    expect(json).toMatchObject({ code: 403, reason: 'Forbidden', message: expect.stringContaining(' cannot ') })
    expect(json.message).toMatch(
      reason === '' ? /(scope|namespace "[a-z-]+")$/ : new RegExp(`${reason.replace(/[()."/]/g, '\\$&')}$`),
    )
  })

  it('is refused what it would write about others, as far as a path does not say that', async () => {
    const foreign = await newSigningRequest({ name: 'system:node:n2', groups: ['system:nodes'] })
    const spec = (request: string, signer: string) => ({
      request,
      signerName: signer,
      usages: ['digital signature', 'client auth'],
    })
    const signer = 'kubernetes.io/kube-apiserver-client-kubelet'
    for (const [method, url, body, message] of [
      [
        'POST',
        csiNodes,
        { metadata: { name: 'n3' }, spec: { drivers: [] } },
        'can only access CSINode with the same name as the requesting node',
      ],
      ['POST', slices, slice('n3', 'n3'), 'can only create ResourceSlice with the same NodeName as the requesting node'],
      ['POST', leases, { metadata: { name: 'n3' } }, 'can only access node lease with the same name as the requesting node'],
      [
        'POST',
        requests,
        { metadata: { name: 'foreign' }, spec: spec(foreign.request, signer) },
        'can only create a node CSR with CN=system:node:n1',
      ],
      [
        'POST',
        requests,
        {
          metadata: { name: 'serving' },
          spec: { ...spec(foreign.request, 'kubernetes.io/kubelet-serving'), usages: ['server auth'] },
        },
        'can only create a node CSR with CN=system:node:n1',
      ],
      [
        'PATCH',
        `${core}/persistentvolumeclaims/mine/status`,
        { metadata: { labels: { a: 'b' } } },
        'node "n1" is not allowed to update fields other than status.quantity and status.conditions',
      ],
      [
        'PATCH',
        `${core}/persistentvolumeclaims/mine/status`,
        { status: { phase: 'Lost' } },
        'node "n1" is not allowed to update fields other than status.quantity and status.conditions',
      ],
      ['PATCH', `${core}/persistentvolumeclaims/theirs/status`, { status: { capacity: { storage: '2Gi' } } }, unrelated],
      [
        'PATCH',
        `${core}/persistentvolumeclaims/mine`,
        { metadata: { labels: {} } },
        'can only get individual resources of this type',
      ],
    ] as const) {
      const { json } = await server.call(method, url, { user, body, ...(method === 'PATCH' && { headers: merge }) })
      expect(json).toMatchObject({ code: 403, message: expect.stringContaining(message) })
    }
  })

  it('writes what is its own', async () => {
    const own = await newSigningRequest({ name: 'system:node:n1', groups: ['system:nodes'] })
    for (const [method, url, body] of [
      ['PATCH', `${core}/persistentvolumeclaims/mine/status`, { status: { capacity: { storage: '1Gi' } } }],
      ['PATCH', `${leases}/n1`, { spec: { holderIdentity: 'n1' } }],
      ['PATCH', `${csiNodes}/n1`, { metadata: { annotations: { a: 'b' } } }],
      [
        'POST',
        requests,
        {
          metadata: { name: 'own' },
          spec: { request: own.request, signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages: ['client auth'] },
        },
      ],
      ['PATCH', '/api/v1/nodes/n1/status', { status: { phase: 'Running' } }],
      ['PATCH', `${core}/pods/mine/status`, { status: { phase: 'Running' } }],
      ['POST', slices, slice('made', 'n1')],
      ['PATCH', `${slices}/made`, { spec: { devices: [{ name: 'a' }] } }],
      ['DELETE', `${slices}?fieldSelector=spec.nodeName%3Dn1`, undefined],
      ['DELETE', `${csiNodes}/n1`, undefined],
    ] as const) {
      const { code, text } = await server.call(method, url, { user, body, ...(method === 'PATCH' && { headers: merge }) })
      expect([200, 201], text).toContain(code)
    }
  })

  it('may do nothing more once its pod is gone, and at once what a new one names', async () => {
    const pod = (name: string) => ({
      metadata: { name },
      spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i', envFrom: [{ secretRef: { name: 'theirs' } }] }] },
    })
    const read = async () => (await server.call('GET', `${core}/secrets/theirs`, { user })).code
    expect(await read()).toBe(403)
    await make(server, `${core}/pods`, pod('late'))
    expect(await read()).toBe(200)
    await server.call('DELETE', `${core}/pods/late?gracePeriodSeconds=0`)
    await expect.poll(read, { timeout: 5000, interval: 100 }).toBe(403)
  })

  it('cannot list what it may', async () => {
    const { json } = await server.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
      user: { ...user, groups: [...user.groups, 'system:masters'] },
      body: { spec: { namespace: 'a' } },
    })
    expect(json).toMatchObject({
      status: {
        incomplete: true,
        evaluationError: expect.stringContaining('node authorizer does not support user rule resolution'),
      },
    })
  })

  it('of whom only the prefix is known is none', async () => {
    const { json } = await server.call('GET', `${core}/secrets/mine`, { user: { ...user, groups: [] } })
    expect(json).toMatchObject({ code: 403, message: expect.stringMatching(/in the namespace "a"$/) })
  })

  it('reads other nodes where they connect pods themselves', async () => {
    for (const url of ['/api/v1/nodes', '/api/v1/nodes/n2']) expect((await taking.call('GET', url, { user })).code).toBe(200)
    expect((await taking.call('DELETE', '/api/v1/nodes/n2', { user })).code).toBe(403)
  })
})
