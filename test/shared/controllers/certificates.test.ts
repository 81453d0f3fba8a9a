import { createPublicKey, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../shared/client/client.ts'
import { endOf } from '../../../shared/controllers/certificates/cleaner.ts'
import { createAuthority, type KeyPair } from '../../../shared/identity/certificates.ts'
import { signRequestBy } from '../../../shared/identity/sign-request.ts'
import { requestContent } from '../../../shared/resources/certificates/request-content.ts'
import {
  type CertificateSigningRequest,
  type ClusterRole,
  certificateSigningRequests,
  clusterRoleBindings,
  clusterRoles,
} from '../../../shared/resources/resource.ts'
import { newSigningRequest } from '../apiserver/new-signing-request.ts'
import { allControllers, createMovableClock, startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster
let authority: KeyPair
const clock = createMovableClock()
beforeAll(async () => {
  authority = await createAuthority('test')
  const signCertificate = signRequestBy(authority, clock.now)
  cluster = await startTestCluster({ controllers: allControllers({ signCertificate }), clock })
  // may ask, and nothing else
  client = cluster.clientOf({ name: 'asker', groups: ['system:authenticated'] })
  const rules = [{ apiGroups: [group], resources: ['certificatesigningrequests'], verbs: ['create'] }]
  await grant('ask', rules)
})
afterAll(() => cluster.stop())

const group = 'certificates.k8s.io'
const grant = async (name: string, rules: ClusterRole['rules']) => {
  await cluster.client.create(clusterRoles, { metadata: { name }, rules })
  await cluster.client.create(clusterRoleBindings, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'asker' }],
  })
}

type Wanted = Parameters<typeof newSigningRequest>[0]
let count = 0
let client: Client
const ask = async (signer: string, wanted: Wanted, spec: Partial<CertificateSigningRequest['spec']> = {}) => {
  const name = `request-${++count}`
  const { request } = await newSigningRequest(wanted)
  const usages = signer === 'kubelet-serving' ? ['digital signature', 'server auth'] : ['digital signature', 'client auth']
  await client.create(certificateSigningRequests, {
    metadata: { name },
    spec: { request, signerName: `kubernetes.io/${signer}`, usages, ...spec },
  })
  return name
}
const stored = (name: string) => cluster.cache.get(certificateSigningRequests, '', name)
const approve = (name: string) =>
  cluster.client.patch(
    certificateSigningRequests,
    '',
    name,
    { type: 'merge', body: { status: { conditions: [{ type: 'Approved', status: 'True', reason: 'Test' }] } } },
    { subresource: 'approval' },
  )
const issued = async (name: string) => {
  const text = await cluster.until(() => stored(name)?.status?.certificate)
  return new X509Certificate(Buffer.from(text, 'base64'))
}
const node: Wanted = { name: 'system:node:n1', groups: ['system:nodes'] }
const served = [
  { type: 'dns' as const, value: 'n1.example' },
  { type: 'ip' as const, value: '10.0.0.1' },
]

describe('a request that was approved', () => {
  it('gets a certificate of the names and key that it asks for', async () => {
    const name = await ask('kube-apiserver-client', { name: 'jane', groups: ['dev', 'ops'] }, { expirationSeconds: 3600 })
    await approve(name)
    const certificate = await issued(name)
    expect(certificate.subject.split('\n')).toEqual(['O=dev', 'O=ops', 'CN=jane'])
    expect(certificate.verify(createPublicKey(authority.certificate))).toBe(true)
    expect(certificate.ca).toBe(false)
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
    const now = clock.now()
    expect(Math.abs(Date.parse(certificate.validTo) - now - 3_600_000)).toBeLessThan(60_000)
    expect(Math.abs(Date.parse(certificate.validFrom) - now + 300_000)).toBeLessThan(60_000)
  })

  it('lives a year where it does not say, and never outlives its authority', async () => {
    const name = await ask('kube-apiserver-client', { name: 'x' })
    await approve(name)
    const days = (Date.parse((await issued(name)).validTo) - clock.now()) / 86_400_000
    expect(Math.round(days)).toBe(365)
  })

  it('keeps the names of a server, and other kinds of keys', async () => {
    const name = await ask('kubelet-serving', { ...node, alternatives: served })
    await approve(name)
    const certificate = await issued(name)
    expect(certificate.subjectAltName).toBe('DNS:n1.example, IP Address:10.0.0.1')
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  })

  it.each<[string, string, Wanted, object, string]>([
    [
      'kube-apiserver-client',
      'serves',
      { name: 'j' },
      { usages: ['client auth', 'server auth'] },
      'invalid usage for client certificate: server auth',
    ],
    [
      'kube-apiserver-client',
      'is for nothing',
      { name: 'j' },
      { usages: ['digital signature'] },
      'missing required usage for client certificate: client auth',
    ],
    [
      'kube-apiserver-client-kubelet',
      'is of no node',
      { name: 'j', groups: ['system:nodes'] },
      {},
      'subject common name does not begin with system:node:',
    ],
    [
      'kube-apiserver-client-kubelet',
      'is of more groups',
      { ...node, groups: ['system:nodes', 'system:masters'] },
      {},
      'subject organization is not system:nodes',
    ],
    ['kube-apiserver-client-kubelet', 'has names', { ...node, alternatives: served }, {}, 'DNS subjectAltNames are not allowed'],
    [
      'kube-apiserver-client-kubelet',
      'serves too',
      node,
      { usages: ['client auth', 'server auth'] },
      'usages did not match [client auth digital signature key encipherment]',
    ],
    ['kubelet-serving', 'has no names', node, {}, 'DNS or IP subjectAltName is required'],
    [
      'kubelet-serving',
      'is for clients',
      { ...node, alternatives: served },
      { usages: ['digital signature', 'client auth'] },
      'usages did not match [digital signature key encipherment server auth]',
    ],
    [
      'kubelet-serving',
      'has a URI',
      { ...node, alternatives: [...served, { type: 'url', value: 'a://b' }] },
      {},
      'URI subjectAltNames are not allowed',
    ],
  ])('for %s fails when it %s', async (signer, _, wanted, spec, message) => {
    const name = await ask(signer, wanted, spec)
    await approve(name)
    const failed = await cluster.until(() => stored(name)?.status?.conditions?.find(({ type }) => type === 'Failed'))
    expect(failed).toMatchObject({ status: 'True', reason: 'SignerValidationFailure', message })
    expect(stored(name)?.status?.certificate).toBeUndefined()
  })

  it('of another signer is left to that', async () => {
    const name = await ask('x', { name: 'j' }, { signerName: 'example.com/signer' })
    await approve(name)
    await cluster.idle()
    expect(stored(name)?.status?.certificate).toBeUndefined()
  })
})

describe('a request that nobody decided', () => {
  it('gets nothing', async () => {
    const names = [await ask('kube-apiserver-client', { name: 'jane' }), await ask('kube-apiserver-client-kubelet', node)]
    await cluster.idle()
    for (const name of names) expect(stored(name)?.status?.conditions).toBeUndefined()
  })

  it('is approved when a role lets whoever asks ask for nodes', async () => {
    await grant('join', [{ apiGroups: [group], resources: ['certificatesigningrequests/nodeclient'], verbs: ['create'] }])
    const name = await ask('kube-apiserver-client-kubelet', node)
    expect((await issued(name)).subject).toBe('O=system:nodes\nCN=system:node:n1')
    expect(stored(name)?.status?.conditions?.[0]).toMatchObject({
      reason: 'AutoApproved',
      message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
    })
    const serving = await ask('kubelet-serving', { ...node, alternatives: served })
    await cluster.idle()
    expect(stored(serving)?.status?.conditions).toBeUndefined()
  })
})

describe('the end of a request', () => {
  const made = '2026-01-01T00:00:00Z'
  const decided = '2026-01-02T00:00:00Z'
  const request = (types: string[], certificate?: string) =>
    ({
      metadata: { creationTimestamp: made },
      status: { conditions: types.map((type) => ({ type, lastUpdateTime: decided })), certificate },
    }) as unknown as CertificateSigningRequest
  it.each([
    ['pending', request([]), '2026-01-02T00:00:00.000Z'],
    ['denied', request(['Denied']), '2026-01-02T01:00:00.000Z'],
    ['approved and not signed', request(['Approved']), '2026-01-03T00:00:00.000Z'],
    ['approved and failed', request(['Approved', 'Failed']), '2026-01-02T01:00:00.000Z'],
    ['issued', request(['Approved'], 'eA=='), '2026-01-02T01:00:00.000Z'],
  ])('that is %s', (_, of, end) => expect(new Date(endOf(of) ?? 0).toISOString()).toBe(end))

  it('comes', async () => {
    const name = await ask('kube-apiserver-client', { name: 'late' })
    await cluster.until(() => stored(name))
    expect(endOf(stored(name)!)! - clock.now()).toBeGreaterThan(23 * 3_600_000)
  })
})

it.each(['rsa', 'ed25519'] as const)('signs for a key of the kind %s', async (algorithm) => {
  const { request, key } = await newSigningRequest({ name: 'jane', groups: ['dev'], algorithm })
  const sign = signRequestBy(authority, Date.now)
  const { whole } = requestContent(Buffer.from(request, 'base64').toString())
  const certificate = new X509Certificate(await sign({ request: whole, usages: ['client auth'], lifetimeSeconds: 600 }))
  expect(certificate.publicKey.equals(createPublicKey(key))).toBe(true)
  expect(certificate.subject).toBe('O=dev\nCN=jane')
})
