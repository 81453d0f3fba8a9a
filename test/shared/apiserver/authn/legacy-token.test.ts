import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { peerAuthenticator } from '../../../../shared/apiserver/authn/peer.ts'
import { createServiceAccountAuthenticator } from '../../../../shared/apiserver/authn/service-account.ts'
import { createTokens, type Tokens } from '../../../../shared/apiserver/authn/tokens.ts'
import { systemClock } from '../../../../shared/platform/clock.ts'
import { systemRandom } from '../../../../shared/platform/random.ts'
import { startTestServer, type TestServer } from '../environment.ts'

const issuer = 'https://issuer.example'
const newTokens = (now: () => number = Date.now) =>
  createTokens({
    privateKeyPem: generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    issuer,
    clock: { ...systemClock, now },
    random: systemRandom,
  })

let server: TestServer
let tokens: Tokens
let nowMs: number
let token: string
let uid: string
const core = '/api/v1/namespaces/default'
const merge = { headers: { 'content-type': 'application/merge-patch+json' } }

const who = async (bearer = token) => {
  const { code, json } = await server.call<{ status: { userInfo?: object } } & { metadata: object }>(
    'POST',
    '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    { user: null, headers: { authorization: `Bearer ${bearer}` }, body: {} },
  )
  return code === 401 ? 'nobody' : json.status.userInfo
}
const labels = async () => (await server.call('GET', `${core}/secrets/token`)).json.metadata.labels

beforeEach(async () => {
  nowMs = Date.parse('2026-11-28T12:00:00Z')
  tokens = newTokens(() => nowMs)
  // the store is the server's own, which is there only afterwards
  const store = { get: async () => undefined } as unknown as Parameters<typeof createServiceAccountAuthenticator>[0]['store']
  const late = { store, tokens, clock: { ...systemClock, now: () => nowMs } }
  const authenticator = {
    authenticate: (request: Parameters<ReturnType<typeof createServiceAccountAuthenticator>['authenticate']>[0]) =>
      createServiceAccountAuthenticator(late).authenticate(request),
  }
  server = await startTestServer({ authenticators: [peerAuthenticator, authenticator], tokens, defaultRoles: true })
  late.store = server.store
  await server.makeNamespace('default')
  uid = (await server.call('POST', `${core}/serviceaccounts`, { body: { metadata: { name: 'app' } } })).json.metadata.uid ?? ''
  token = await tokens.issueLegacy({ serviceAccount: { namespace: 'default', name: 'app', uid }, secret: 'token' })
  await server.call('POST', `${core}/secrets`, {
    body: {
      metadata: { name: 'token', annotations: { 'kubernetes.io/service-account.name': 'app' } },
      type: 'kubernetes.io/service-account-token',
      stringData: { token },
    },
  })
})
afterEach(() => server.stop())

describe('a token that a Secret holds', () => {
  it('is its account, without end', async () => {
    const user = {
      username: 'system:serviceaccount:default:app',
      uid,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    }
    expect(await who()).toEqual(user)
    nowMs += 50 * 365 * 86_400_000
    expect(await who()).toEqual(user)
  })

  it.each<[string, () => Promise<unknown>]>([
    ['the Secret is gone', () => server.call('DELETE', `${core}/secrets/token`)],
    ['the account is gone', () => server.call('DELETE', `${core}/serviceaccounts/app`)],
    [
      'another account has its name',
      async () => {
        await server.call('DELETE', `${core}/serviceaccounts/app`)
        await server.call('POST', `${core}/serviceaccounts`, { body: { metadata: { name: 'app' } } })
      },
    ],
    [
      'the Secret holds another',
      () => server.call('PATCH', `${core}/secrets/token`, { ...merge, body: { stringData: { token: 'x' } } }),
    ],
    ['the Secret holds none', () => server.call('PATCH', `${core}/secrets/token`, { ...merge, body: { data: { token: null } } })],
    [
      'the Secret is being deleted',
      async () => {
        await server.call('PATCH', `${core}/secrets/token`, { ...merge, body: { metadata: { finalizers: ['a/b'] } } })
        await server.call('DELETE', `${core}/secrets/token`)
      },
    ],
    [
      'it was marked as invalid',
      () => {
        const body = { metadata: { labels: { 'kubernetes.io/legacy-token-invalid-since': '2026-11-27' } } }
        return server.call('PATCH', `${core}/secrets/token`, { ...merge, body })
      },
    ],
  ])('is nobody once %s', async (_, change) => {
    expect(await who()).not.toBe('nobody')
    await change()
    expect(await who()).toBe('nobody')
  })

  it('is nobody when another key has signed it, or its claims are not whole', async () => {
    const claims = { serviceAccount: { namespace: 'default', name: 'app', uid }, secret: 'token' }
    for (const bad of [
      await newTokens().issueLegacy(claims),
      await tokens.issueLegacy({ ...claims, secret: '' }),
      await tokens.issueLegacy({ ...claims, serviceAccount: { ...claims.serviceAccount, uid: '' } }),
    ]) {
      await server.call('PATCH', `${core}/secrets/token`, { ...merge, body: { stringData: { token: bad } } })
      expect(await who(bad)).toBe('nobody')
    }
  })

  it('notes the day of its last use, once a day', async () => {
    await who()
    expect(await labels()).toEqual({ 'kubernetes.io/legacy-token-last-used': '2026-11-28' })
    const { json } = await server.call('GET', `${core}/secrets/token`)
    await who()
    expect((await server.call('GET', `${core}/secrets/token`)).json.metadata.resourceVersion).toBe(json.metadata.resourceVersion)
    nowMs += 86_400_000
    await who()
    expect(await labels()).toEqual({ 'kubernetes.io/legacy-token-last-used': '2026-11-29' })
  })

  it('is for no audience but the API server', async () => {
    const review = async (audiences?: string[]) =>
      (
        await server.call<{ status: { authenticated?: boolean } } & { metadata: object }>(
          'POST',
          '/apis/authentication.k8s.io/v1/tokenreviews',
          {
            body: { spec: { token, audiences } },
          },
        )
      ).json.status.authenticated ?? false
    expect(await review()).toBe(true)
    expect(await review([issuer])).toBe(true)
    expect(await review(['elsewhere'])).toBe(false)
  })
})
