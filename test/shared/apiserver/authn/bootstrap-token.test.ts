import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBootstrapTokenAuthenticator } from '../../../../shared/apiserver/authn/bootstrap-token.ts'
import { systemClock } from '../../../../shared/platform/clock.ts'
import { startTestServer, type TestServer } from '../environment.ts'

let server: TestServer
const nowMs = Date.parse('2026-11-28T12:00:00Z')
const secrets = '/api/v1/namespaces/kube-system/secrets'
const good = { 'token-id': 'abcdef', 'token-secret': '0123456789abcdef', 'usage-bootstrap-authentication': 'true' }

beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('kube-system')
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

const who = async (token: string) => {
  const authenticator = createBootstrapTokenAuthenticator({ store: server.store, clock: { ...systemClock, now: () => nowMs } })
  return authenticator.authenticate({
    method: 'GET',
    path: '/api',
    query: new URLSearchParams(),
    header: (name) => (name === 'authorization' ? `Bearer ${token}` : undefined),
    body: async () => new Uint8Array(),
    signal: new AbortController().signal,
  })
}
const keep = async (stringData: object, type = 'bootstrap.kubernetes.io/token', namespace = 'kube-system') => {
  await server.call('DELETE', `${secrets}/bootstrap-token-abcdef`)
  const url = `/api/v1/namespaces/${namespace}/secrets`
  const { code, text } = await server.call('POST', url, {
    body: { metadata: { name: 'bootstrap-token-abcdef' }, type, stringData },
  })
  if (code !== 201) throw new Error(text)
}
const token = 'abcdef.0123456789abcdef'
const user = (...groups: string[]) => ({
  name: 'system:bootstrap:abcdef',
  groups: ['system:bootstrappers', ...groups, 'system:authenticated'],
})

describe('a bootstrap token', () => {
  it.each([
    ['alone', {}, user()],
    ['that ends later', { expiration: '2026-11-28T13:00:01+01:00' }, user()],
    ['that has ended', { expiration: '2026-11-28T12:00:00Z' }, undefined],
    ['whose end can not be read', { expiration: 'tomorrow' }, undefined],
    [
      'with groups',
      { 'auth-extra-groups': 'system:bootstrappers:z,system:bootstrappers:kubeadm:default-node-token,system:bootstrappers:z' },
      user('system:bootstrappers:kubeadm:default-node-token', 'system:bootstrappers:z'),
    ],
    ['with a group that it may not give', { 'auth-extra-groups': 'system:bootstrappers:a,system:masters' }, undefined],
    ['with an empty group', { 'auth-extra-groups': 'system:bootstrappers:a,' }, undefined],
    ['for another use', { 'usage-bootstrap-authentication': 'false' }, undefined],
    ['of another secret', { 'token-secret': '0123456789abcdeX' }, undefined],
    ['of another id', { 'token-id': 'abcdeg' }, undefined],
  ])('%s', async (_, changes, expected) => {
    await keep({ ...good, ...changes })
    expect(await who(token)).toEqual(expected)
  })

  it.each([token.toUpperCase(), `${token}0`, `x${token}`, 'abcdef', '', 'ey.J.x', 'ghijkl.0123456789abcdef'])(
    'is not %j',
    async (other) => {
      await keep(good)
      expect(await who(other)).toBeUndefined()
    },
  )

  it('is of its type, its namespace, and not being deleted', async () => {
    await keep(good, 'Opaque')
    expect(await who(token)).toBeUndefined()
    await server.call('DELETE', `${secrets}/bootstrap-token-abcdef`)
    await keep(good, 'bootstrap.kubernetes.io/token', 'default')
    expect(await who(token)).toBeUndefined()
    await keep(good)
    const headers = { 'content-type': 'application/merge-patch+json' }
    await server.call('PATCH', `${secrets}/bootstrap-token-abcdef`, { headers, body: { metadata: { finalizers: ['a/b'] } } })
    await server.call('DELETE', `${secrets}/bootstrap-token-abcdef`)
    expect(await who(token)).toBeUndefined()
    await server.call('PATCH', `${secrets}/bootstrap-token-abcdef`, { headers, body: { metadata: { finalizers: null } } })
  })
})
