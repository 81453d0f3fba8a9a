import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { User } from '../../../shared/apiserver/request.ts'
import type { KubeObject } from '../../../shared/meta/object.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
const node: User = { name: 'system:node:n1', groups: ['system:nodes'] }
const jane: User = { name: 'jane', groups: ['dev'] }
const accounts = '/api/v1/namespaces/default/serviceaccounts'

interface TokenRequest extends KubeObject {
  status: { token: string; expirationTimestamp: string }
}
interface Review extends KubeObject {
  status: {
    allowed?: boolean
    authenticated?: boolean
    userInfo?: object
    user?: { username?: string }
    resourceRules?: unknown[]
  }
}

const tokenOf = async (spec: object = {}) =>
  (await server.call<TokenRequest>('POST', `${accounts}/default/token`, { body: { spec } })).json.status.token
const withToken = (token: string) => ({ user: null, headers: { authorization: `Bearer ${token}` } })

beforeAll(async () => {
  server = await startTestServer({ defaultRoles: true })
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

describe('authorization', () => {
  it('refuses in upstream words', async () => {
    const { json } = await server.call('GET', '/api/v1/namespaces/default/pods', { user: jane })
    expect(json).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: 'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
    })
    const named = await server.call('GET', '/apis/apps/v1/namespaces/default/deployments/d/scale', { user: jane })
    expect(named.json.message).toBe(
      'deployments.apps "d" is forbidden: User "jane" cannot get resource "deployments/scale" in API group "apps" in the namespace "default"',
    )
  })

  it.each([
    ['POST', '/apis/windlass.dev/v1/nodes/n2/heartbeat', 403],
    ['GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dn1', 200],
    ['GET', '/api/v1/pods', 403],
    ['GET', '/apis/discovery.k8s.io/v1/endpointslices', 200],
    ['GET', '/api', 200],
    ['DELETE', '/api/v1/nodes/n2', 403],
    ['GET', '/api/v1/nodes/n1', 404],
    ['DELETE', '/api/v1/nodes/n1', 403],
    ['GET', '/apis/apps/v1/deployments', 403],
  ])('gives a node what its agent needs: %s %s %i', async (method, url, code) => {
    expect((await server.call(method, url, { user: node })).code).toBe(code)
  })

  it('lets who says nothing see health and version', async () => {
    const { code, json } = await server.call('GET', '/api/v1/pods', { user: null })
    expect([code, json.message]).toEqual([
      403,
      'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope',
    ])
    expect((await server.call('GET', '/readyz', { user: null })).text).toBe('ok')
    expect((await server.call('GET', '/version', { user: null })).json).toMatchObject({ major: '1', minor: '35' })
  })
})

describe('impersonation', () => {
  const as = (name: string, groups: string[] = []) => ({
    headers: { 'impersonate-user': name, 'impersonate-group': groups },
  })

  it('acts as another user, for who may', async () => {
    expect((await server.call('GET', '/api/v1/pods', as('jane'))).json.message).toContain(
      'User "jane" cannot list resource "pods"',
    )
    expect((await server.call('GET', '/api/v1/pods', as('jane', ['dev', 'system:masters']))).code).toBe(200)
    const refused = await server.call('GET', '/api', { ...as('kubernetes-admin'), user: jane })
    expect(refused.json).toMatchObject({
      code: 403,
      message:
        'users "kubernetes-admin" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
    })
  })
})

describe('service account tokens', () => {
  it('authenticate as their account', async () => {
    const token = await tokenOf()
    const { json } = await server.call<Review>('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      ...withToken(token),
      body: {},
    })
    expect(json.status.userInfo).toMatchObject({
      username: 'system:serviceaccount:default:default',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    })
    expect((await server.call('GET', '/api/v1/pods', withToken(token))).code).toBe(403)
  })

  it('die with the pod they are bound to', async () => {
    const containers = [{ name: 'c', image: 'i' }]
    const pods = '/api/v1/namespaces/default/pods'
    const pod = await server.call('POST', pods, { body: { metadata: { name: 'bound' }, spec: { containers } } })
    const token = await tokenOf({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'bound', uid: pod.json.metadata.uid } })
    expect((await server.call('GET', '/api', withToken(token))).code).toBe(200)
    await server.call('DELETE', `${pods}/bound`)
    expect((await server.call('GET', '/api', withToken(token))).code).toBe(401)
  })

  it('are good for their audiences only', async () => {
    const token = await tokenOf({ audiences: ['vault'] })
    expect((await server.call('GET', '/api', withToken(token))).code).toBe(401)
    const review = (audiences: string[]) =>
      server.call<Review>('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { body: { spec: { token, audiences } } })
    expect((await review(['vault'])).json.status).toMatchObject({ authenticated: true, audiences: ['vault'] })
    expect((await review(['other'])).json.status.authenticated).toBeUndefined()
  })

  it.each([
    [{ expirationSeconds: 60 }, 422, 'may not specify a duration less than 10 minutes'],
    [{ boundObjectRef: { kind: 'Deployment', name: 'n' } }, 400, 'cannot bind token to object of type'],
    [{ boundObjectRef: { kind: 'Pod', name: 'none' } }, 404, 'pods "none" not found'],
  ])('refuse %j', async (spec, code, message) => {
    const { json } = await server.call('POST', `${accounts}/default/token`, { body: { spec } })
    expect(json).toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it('are refused when they are not ours', async () => {
    expect((await server.call('GET', '/api', withToken('abc.def.ghi'))).code).toBe(401)
  })
})

describe('reviews', () => {
  const review = (kind: string, spec: object, user?: User) =>
    server.call<Review>('POST', `/apis/authorization.k8s.io/v1/${kind}`, { body: { spec }, ...(user ? { user } : {}) })

  it('say what may be done', async () => {
    const pods = { resourceAttributes: { verb: 'list', resource: 'pods', namespace: 'default' } }
    expect((await review('selfsubjectaccessreviews', pods)).json.status.allowed).toBe(true)
    expect((await review('selfsubjectaccessreviews', pods, jane)).json.status.allowed).toBe(false)
    expect((await review('subjectaccessreviews', { ...pods, user: 'x', groups: ['system:masters'] })).json.status.allowed).toBe(
      true,
    )
    const rules = await review('selfsubjectrulesreviews', { namespace: 'default' })
    expect(rules.json.status.resourceRules).toContainEqual({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] })
  })

  it('are only created', async () => {
    expect((await server.call('GET', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')).code).toBe(405)
    expect((await review('selfsubjectaccessreviews', {})).code).toBe(422)
  })
})
