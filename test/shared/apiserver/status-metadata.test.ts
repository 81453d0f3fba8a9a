import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
const workload = { spec: { selector: { matchLabels: { a: 'b' } }, template } }
const attachment = { attacher: 'd', nodeName: 'n', source: { persistentVolumeName: 'v' } }
const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'n', uid: 'u' }]
const sent = { labels: { sent: 'yes' }, annotations: { sent: 'yes' }, finalizers: ['a.b/c'], ownerReferences }
const fields = ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const

describe('an update of status', () => {
  // as a real API server 1.35 answers
  it.each([
    ['/apis/apps/v1/namespaces/default/deployments', workload, ['annotations', 'finalizers', 'ownerReferences']],
    ['/apis/apps/v1/namespaces/default/replicasets', workload, [...fields]],
    ['/api/v1/namespaces/default/services', { spec: { ports: [{ port: 1 }] } }, [...fields]],
    ['/api/v1/namespaces/default/pods', { spec: template.spec }, ['labels', 'annotations', 'finalizers']],
    ['/apis/networking.k8s.io/v1/servicecidrs', { spec: { cidrs: ['192.0.2.0/24'] } }, []],
    ['/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas', { spec: { priorityLevelConfiguration: { name: 'x' } } }, []],
    ['/api/v1/namespaces/default/resourcequotas', {}, [...fields]],
    ['/apis/storage.k8s.io/v1/volumeattachments', { spec: attachment }, []],
  ] as const)('changes of the metadata what the kind lets it, at %s', async (url, body, changed) => {
    const made = await server.call('POST', url, { body: { metadata: { name: 'one' }, ...body } })
    expect(made.code).toBe(201)
    const patched = await server.call('PATCH', `${url}/one/status`, {
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { metadata: sent },
    })
    expect(patched.code).toBe(200)
    const before = made.json.metadata
    expect(patched.json.metadata).toMatchObject({
      ...Object.fromEntries(changed.map((field) => [field, sent[field]])),
    })
    for (const field of fields.filter((one) => !(changed as readonly string[]).includes(one)))
      expect(patched.json.metadata[field]).toEqual(before[field])
  })
})
