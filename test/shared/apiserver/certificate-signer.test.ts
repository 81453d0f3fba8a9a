import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { User } from '../../../shared/apiserver/request.ts'
import { createAuthority } from '../../../shared/identity/certificates.ts'
import { startTestServer, type TestServer } from './environment.ts'
import { newSigningRequest } from './new-signing-request.ts'

let server: TestServer
const group = 'certificates.k8s.io'
const url = `/apis/${group}/v1/certificatesigningrequests`
const roles = '/apis/rbac.authorization.k8s.io/v1'
const headers = { 'content-type': 'application/merge-patch+json' }
const user = (name: string): User => ({ name, groups: ['system:authenticated'] })

/** May write every request, and for which signers it says. */
const grant = async (name: string, verbs: string[], resourceNames: string[]) => {
  const rules = [
    {
      apiGroups: [group],
      resources: ['certificatesigningrequests', 'certificatesigningrequests/approval', 'certificatesigningrequests/status'],
      verbs: ['*'],
    },
    { apiGroups: [group], resources: ['signers'], verbs, resourceNames },
  ]
  await server.call('POST', `${roles}/clusterroles`, { body: { metadata: { name }, rules } })
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }]
  await server.call('POST', `${roles}/clusterrolebindings`, { body: { metadata: { name }, roleRef, subjects } })
}

let count = 0
const ask = async (signerName = 'example.com/one', wanted: Parameters<typeof newSigningRequest>[0] = { name: 'jane' }) => {
  const name = `r${++count}`
  const { request } = await newSigningRequest(wanted)
  const spec = { request, signerName, usages: ['client auth'] }
  const answer = await server.call('POST', url, { body: { metadata: { name }, spec } })
  return { ...answer, path: `${url}/${name}`, name }
}
const condition = (type: string) => ({ status: { conditions: [{ type, status: 'True', reason: 'r' }] } })
let certificate = ''

beforeAll(async () => {
  server = await startTestServer()
  certificate = Buffer.from((await createAuthority('test')).certificate).toString('base64')
  await grant('writer', ['get'], [])
  await grant('one', ['approve', 'sign'], ['example.com/one'])
  await grant('domain', ['approve', 'sign'], ['example.com/*'])
  await grant('approver', ['approve'], ['example.com/*'])
})
afterAll(() => server.stop())

describe('a decision about a request', () => {
  it.each([
    ['writer', 'example.com/one', 403],
    ['one', 'example.com/one', 200],
    ['one', 'example.com/two', 403],
    ['domain', 'example.com/two', 200],
    ['domain', 'other.example/one', 403],
    ['approver', 'example.com/one', 200],
  ])('of %s for %s is answered %i', async (name, signer, code) => {
    for (const type of ['Approved', 'Denied']) {
      const { path, name: request } = await ask(signer)
      const { code: answered, json } = await server.call('PATCH', `${path}/approval`, {
        user: user(name),
        headers,
        body: condition(type),
      })
      expect(answered).toBe(code)
      if (code === 403)
        expect(json.message).toBe(
          `certificatesigningrequests.certificates.k8s.io "${request}" is forbidden: user not permitted to approve requests with signerName "${signer}"`,
        )
    }
  })
})

describe('a signature', () => {
  it.each([
    ['writer', 403],
    ['approver', 403],
    ['one', 200],
    ['domain', 200],
  ])('of %s is answered %i', async (name, code) => {
    const { path, name: request } = await ask()
    for (const body of [{ status: { certificate } }, condition('Failed')]) {
      const { code: answered, json, text } = await server.call('PATCH', `${path}/status`, { user: user(name), headers, body })
      expect(answered, text).toBe(code)
      if (code === 403)
        expect(json.message).toBe(
          `certificatesigningrequests.certificates.k8s.io "${request}" is forbidden: user not permitted to sign requests with signerName "example.com/one"`,
        )
    }
  })

  it('is none where nothing of it changes', async () => {
    const { path } = await ask()
    const body = { metadata: { labels: { a: 'b' } } }
    expect((await server.call('PATCH', `${path}/status`, { user: user('writer'), headers, body })).code).toBe(200)
  })
})

it('lets nobody ask for system:masters by the signer of users', async () => {
  const groups = ['dev', 'system:masters']
  const { json, name } = await ask('kubernetes.io/kube-apiserver-client', { name: 'jane', groups })
  expect(json).toMatchObject({
    code: 403,
    message: `certificatesigningrequests.certificates.k8s.io "${name}" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed`,
  })
  expect((await ask('kubernetes.io/kube-apiserver-client', { name: 'jane', groups: ['dev'] })).code).toBe(201)
  expect((await ask('example.com/one', { name: 'jane', groups })).code).toBe(201)
})
