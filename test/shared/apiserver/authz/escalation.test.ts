import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { User } from '../../../../shared/apiserver/request.ts'
import { startTestServer, type TestServer } from '../environment.ts'

const base = '/apis/rbac.authorization.k8s.io/v1'
const apiGroup = 'rbac.authorization.k8s.io'
/** May write roles, and holds little. */
const clara: User = { name: 'clara', groups: [] }
/** Holds everything, by a role. */
const carl: User = { name: 'carl', groups: [] }

let server: TestServer
const make = (path: string, body: object, user?: User) => server.call('POST', `${base}/${path}`, { body, ...(user && { user }) })
const bind = (name: string, role: string) =>
  make('clusterrolebindings', {
    metadata: { name },
    roleRef: { apiGroup, kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'User', name }],
  })

beforeAll(async () => {
  server = await startTestServer()
  await make('clusterroles', {
    metadata: { name: 'writer' },
    rules: [{ apiGroups: [apiGroup], resources: ['*'], verbs: ['create', 'update', 'patch'] }],
  })
  await make('clusterroles', {
    metadata: { name: 'everything' },
    rules: [
      { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'create', 'patch'] },
      { nonResourceURLs: ['*'], verbs: ['*'] },
    ],
  })
  await bind('clara', 'writer')
  await bind('carl', 'everything')
})
afterAll(() => server.stop())

const many = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`)

describe('who grants', () => {
  it('a role of ten thousand rules must hold each of them', async () => {
    const rules = many('r', 10_000).map((resource) => ({ apiGroups: ['x'], resources: [resource], verbs: ['get'] }))
    expect((await make('clusterroles', { metadata: { name: 'long' }, rules }, carl)).code).toBe(201)
    const { code, json } = await make('clusterroles', { metadata: { name: 'longer' }, rules }, clara)
    expect(code).toBe(403)
    const lines = String(json.message).split('\n')
    expect([lines.length, lines[1]]).toEqual([10_001, '{APIGroups:["x"], Resources:["r0"], Verbs:["get"]}'])
  })

  it('more than can be compared is refused, whatever he holds', async () => {
    const rules = [{ apiGroups: many('g', 300), resources: many('r', 300), verbs: many('v', 300), resourceNames: many('n', 300) }]
    for (const user of [clara, carl])
      expect((await make('clusterroles', { metadata: { name: 'wide' }, rules }, user)).json).toMatchObject({
        code: 403,
        message:
          'clusterroles.rbac.authorization.k8s.io "wide" is forbidden: more than 200000 permissions at once can only be granted by who may escalate or bind',
      })
    expect((await make('clusterroles', { metadata: { name: 'wide' }, rules })).code).toBe(201)
  })

  it.each(['ownerReferences', 'finalizers'])('what he does not hold may change its %s only', async (field) => {
    const rules = [{ apiGroups: [''], resources: ['nodes'], verbs: ['delete'] }]
    const name = `of-${field.toLowerCase()}`
    await make('clusterroles', { metadata: { name }, rules })
    const owner = { apiVersion: 'v1', kind: 'Node', name: 'n', uid: '1' }
    const value = field === 'finalizers' ? ['a.b/c'] : [owner]
    const patch = (body: object) => server.call('PATCH', `${base}/clusterroles/${name}`, { body, user: clara, headers })
    const headers = { 'content-type': 'application/merge-patch+json' }
    expect((await patch({ metadata: { [field]: value } })).json.metadata[field as 'finalizers']).toEqual(value)
    expect((await patch({ metadata: { [field]: null, labels: { a: 'b' } } })).code).toBe(403)
    expect((await patch({ metadata: { [field]: null } })).code).toBe(200)
  })

  it('by a binding what does not exist is told so', async () => {
    const roleRef = { apiGroup, kind: 'ClusterRole', name: 'none' }
    expect((await make('clusterrolebindings', { metadata: { name: 'x' }, roleRef }, clara)).json).toMatchObject({
      code: 404,
      message: 'clusterrolebindings.rbac.authorization.k8s.io "none" not found',
    })
  })
})
