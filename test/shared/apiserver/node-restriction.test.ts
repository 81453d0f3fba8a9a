import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { User } from '../../../shared/apiserver/request.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
const user: User = { name: 'system:node:n1', groups: ['system:nodes'] }
const pods = '/api/v1/namespaces/default/pods'
const headers = { 'content-type': 'application/merge-patch+json' }
const containers = [{ name: 'c', image: 'i' }]
let uid = ''

beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
  for (const [name, node] of [
    ['on-n1', 'n1'],
    ['stays', 'n1'],
    ['on-n2', 'n2'],
  ]) {
    const pod = await server.call('POST', pods, { body: { metadata: { name }, spec: { nodeName: node, containers } } })
    uid = pod.json.metadata.uid ?? ''
  }
})
afterAll(() => server.stop())

const token = (boundObjectRef?: object) => ({ spec: { boundObjectRef } })

describe('node restriction', () => {
  it('lets an agent do its work', async () => {
    const node = { metadata: { name: 'n1', labels: { 'kubernetes.io/hostname': 'n1', rack: '1' } } }
    expect((await server.call('POST', '/api/v1/nodes', { user, body: node })).code).toBe(201)
    expect(
      (await server.call('PATCH', '/api/v1/nodes/n1/status', { user, headers, body: { status: { phase: 'Running' } } })).code,
    ).toBe(200)
    expect(
      (await server.call('PATCH', `${pods}/on-n1/status`, { user, headers, body: { status: { phase: 'Running' } } })).code,
    ).toBe(200)
    expect((await server.call('DELETE', `${pods}/on-n1?gracePeriodSeconds=0`, { user })).code).toBe(200)
  })

  it.each([
    ['POST', '/api/v1/nodes', { metadata: { name: 'n3' } }, 'node "n1" is not allowed to modify node "n3"'],
    [
      'POST',
      '/api/v1/nodes',
      { metadata: { name: 'n1' }, spec: { podCIDR: '0.0.0.0/1', podCIDRs: ['0.0.0.0/1'] } },
      'node "n1" is not allowed to set spec.podCIDR',
    ],
    [
      'PATCH',
      '/api/v1/nodes/n1',
      { spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] } },
      'node "n1" is not allowed to modify spec.podCIDR',
    ],
    [
      'POST',
      '/api/v1/nodes',
      {
        metadata: { name: 'n1', ownerReferences: [{ apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', name: 'n1', uid: 'x' }] },
      },
      'node "n1" is not allowed to modify ownerReferences',
    ],
    [
      'PATCH',
      '/api/v1/nodes/n1',
      { metadata: { ownerReferences: [{ apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', name: 'n1', uid: 'x' }] } },
      'node "n1" is not allowed to modify ownerReferences',
    ],
    [
      'PATCH',
      '/api/v1/nodes/n1',
      { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } },
      'node "n1" is not allowed to modify taints',
    ],
    [
      'PATCH',
      '/api/v1/nodes/n1',
      { metadata: { labels: { 'node-role.kubernetes.io/x': '' } } },
      'is not allowed to modify labels: node-role.kubernetes.io/x',
    ],
    [
      'PATCH',
      `${pods}/on-n2/status`,
      { status: {} },
      'node "n1" can only update pod status for pods with spec.nodeName set to itself',
    ],
    ['DELETE', `${pods}/on-n2`, undefined, 'node "n1" can only delete pods with spec.nodeName set to itself'],
    ['POST', pods, { metadata: { name: 'own' }, spec: { nodeName: 'n1', containers } }, 'node "n1" can only create mirror pods'],
    ['POST', '/api/v1/namespaces/default/serviceaccounts/default/token', token(), 'node requested token not bound to a pod'],
  ])('refuses %s %s %j', async (method, url, body, message) => {
    const { json } = await server.call(method, url, { user, ...(method === 'PATCH' ? { headers } : {}), body })
    expect(json).toMatchObject({ code: 403, message: expect.stringContaining(message) })
  })

  it('refuses a token for a pod on another node', async () => {
    const body = token({ apiVersion: 'v1', kind: 'Pod', name: 'on-n2', uid })
    const { json } = await server.call('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', { user, body })
    expect(json).toMatchObject({
      code: 403,
      message: expect.stringContaining('node requested token bound to a pod scheduled on a different node'),
    })
  })
})

describe('volumes that are directories of a node', () => {
  const volumes = '/api/v1/persistentvolumes'
  const finalizer = 'windlass.dev/local-directory'
  const addVolume = async (name: string, node: string, { phase = 'Bound', policy = 'Delete' } = {}) => {
    const values = [node]
    const nodeSelectorTerms = [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values }] }]
    const body = {
      metadata: {
        name,
        labels: { 'kubernetes.io/hostname': node },
        annotations: { 'pv.kubernetes.io/provisioned-by': 'windlass.dev/local-directory' },
        finalizers: [finalizer],
      },
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1Gi' },
        local: { path: `/volumes/${name}` },
        nodeAffinity: { required: { nodeSelectorTerms } },
        persistentVolumeReclaimPolicy: policy,
      },
    }
    expect((await server.call('POST', volumes, { body })).code).toBe(201)
    await server.call('PATCH', `${volumes}/${name}/status`, { headers, body: { status: { phase } } })
  }
  const patch = async (name: string, metadata: object, spec?: object) => {
    const { code, json } = await server.call('PATCH', `${volumes}/${name}`, { user, headers, body: { metadata, spec } })
    return code === 200 ? 'done' : String(json.message).replace(/^persistentvolumes "[^"]*" is forbidden: /, '')
  }
  const made = { annotations: { 'windlass.dev/local-directory-made': 'true' } }
  const released = { finalizers: ['kubernetes.io/pv-protection'] }

  beforeAll(async () => {
    await addVolume('own', 'n1')
    await addVolume('far', 'n2', { phase: 'Released' })
    await addVolume('released', 'n1', { phase: 'Released' })
    await addVolume('retained', 'n1', { phase: 'Released', policy: 'Retain' })
    for (const name of ['far', 'released', 'retained', 'own']) await server.call('DELETE', `${volumes}/${name}`)
  })

  it('are found by their label, and by no other', async () => {
    const list = async (query: string) => (await server.call('GET', `${volumes}${query}`, { user })).code
    expect(await list('?labelSelector=kubernetes.io/hostname%3Dn1')).toBe(200)
    expect(await list('?labelSelector=kubernetes.io/hostname%20in%20(n1)')).toBe(200)
    for (const query of [
      '',
      '?labelSelector=kubernetes.io/hostname%3Dn2',
      '?labelSelector=kubernetes.io/hostname!%3Dn1',
      '?labelSelector=kubernetes.io/hostname',
      '?labelSelector=kubernetes.io/hostname%20in%20(n1,n2)',
      '?labelSelector=rack%3Dn1',
    ])
      expect([query, await list(query)]).toEqual([query, 403])
    expect((await server.call('GET', `${volumes}/own`, { user })).code).toBe(200)
    expect((await server.call('GET', `${volumes}/far`, { user })).code).toBe(403)
    expect((await server.call('DELETE', `${volumes}/own`, { user })).code).toBe(403)
    expect((await server.call('PUT', `${volumes}/own`, { user, body: { metadata: { name: 'own' } } })).code).toBe(403)
  })

  it('are said to be made, and let go when they are to be removed, and nothing else', async () => {
    expect(await patch('own', made)).toBe('done')
    expect(await patch('own', { annotations: { 'windlass.dev/local-directory-made': null } })).toBe(
      'node "n1" may not take back that a directory was made',
    )
    const onlySays = 'node "n1" may only say of a volume that its directory was made, or is gone'
    expect(await patch('own', { labels: { 'kubernetes.io/hostname': 'n2' } })).toBe(onlySays)
    expect(await patch('own', { annotations: { 'pv.kubernetes.io/provisioned-by': null } })).toBe(onlySays)
    expect(await patch('own', {}, { persistentVolumeReclaimPolicy: 'Retain' })).toBe(onlySays)
    expect(await patch('own', { finalizers: [finalizer] })).toBe(onlySays)
    const isHeld = 'node "n1" may only let go of a volume that is to be removed'
    expect(await patch('own', released)).toBe(isHeld)
    expect(await patch('retained', released)).toBe(isHeld)
    expect(await patch('far', released)).toContain("no relationship found between node 'n1' and this object")
    expect(await patch('released', released)).toBe('done')
  })
})
