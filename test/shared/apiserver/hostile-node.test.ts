import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { User } from '../../../shared/apiserver/request.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
const user: User = { name: 'system:node:n1', groups: ['system:nodes'] }
const merge = { 'content-type': 'application/merge-patch+json' }
const pods = '/api/v1/namespaces/default/pods'
const mirrorAnnotation = 'kubernetes.io/config.mirror'
const appArmor = 'container.apparmor.security.beta.kubernetes.io/c'

beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
  await server.call('POST', '/api/v1/nodes', { body: { metadata: { name: 'n1' } } })
  const make = (name: string, annotations: object) =>
    server.call('POST', pods, {
      body: { metadata: { name, annotations }, spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] } },
    })
  await make('plain', {})
  await make('mirror', { [mirrorAnnotation]: 'x', [appArmor]: 'runtime/default' })
})
afterAll(() => server.stop())

describe('through the status of its pods a node may not', () => {
  it.each([
    [
      'plain',
      { [mirrorAnnotation]: 'x' },
      `metadata.annotations[${mirrorAnnotation}]: Forbidden: may not add mirror pod annotation`,
    ],
    ['mirror', { [mirrorAnnotation]: 'y' }, 'may not remove or update mirror pod annotation'],
    ['mirror', { [mirrorAnnotation]: null }, 'may not remove or update mirror pod annotation'],
    ['plain', { [appArmor]: 'unconfined' }, `metadata.annotations[${appArmor}]: Forbidden: may not add AppArmor annotations`],
    ['mirror', { [appArmor]: null }, 'may not remove or update AppArmor annotations'],
  ])('give %s the annotations %j', async (name, annotations, message) => {
    for (const path of [`${pods}/${name}/status`, `${pods}/${name}`]) {
      const asUser = path.endsWith('/status') ? { user } : {}
      const { json } = await server.call('PATCH', path, { ...asUser, headers: merge, body: { metadata: { annotations } } })
      expect(json).toMatchObject({ code: 422, message: expect.stringContaining(message) })
    }
  })

  it('change what the pod is made of', async () => {
    const body = { spec: { serviceAccountName: 'other', hostNetwork: true }, metadata: { ownerReferences: [] } }
    await server.call('PATCH', `${pods}/plain/status`, { user, headers: merge, body })
    const { json } = await server.call('GET', `${pods}/plain`)
    expect(json.spec).toMatchObject({ serviceAccountName: 'default' })
    expect(json.spec).not.toHaveProperty('hostNetwork')
  })
})
