import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { User } from '../../../shared/apiserver/request.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
const node: User = { name: 'system:node:n1', groups: ['system:nodes'] }
const pods = '/api/v1/namespaces/default/pods'
const accounts = '/api/v1/namespaces/default/serviceaccounts'
const containers = [{ name: 'c', image: 'i' }]
const uids: Record<string, string> = {}

const tokenVolume = (audience?: string) => ({
  name: `token-${audience ?? 'default'}`,
  projected: { sources: [{ serviceAccountToken: { path: 'token', ...(audience && { audience }) } }] },
})
const create = async (url: string, body: object): Promise<void> => {
  const { code, json, text } = await server.call('POST', url, { body })
  if (code !== 201) throw new Error(text)
  uids[json.metadata.name] = json.metadata.uid ?? ''
}
const ask = (account: string, spec: object, user?: User) =>
  server.call<{ code?: number; message?: string; status: { token: string } }>('POST', `${accounts}/${account}/token`, {
    body: { spec },
    ...(user && { user }),
  })
const bound = (name: string, uid = uids[name]) => ({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid } })

beforeAll(async () => {
  server = await startTestServer({ defaultRoles: true })
  await server.makeNamespace('default')
  await create('/api/v1/nodes', { metadata: { name: 'n1' } })
  for (const name of ['one', 'two']) await create(accounts, { metadata: { name } })
  const pod = (name: string, spec: object, annotations?: object) =>
    create(pods, { metadata: { name, annotations }, spec: { containers, nodeName: 'n1', ...spec } })
  await pod('plain', { serviceAccountName: 'one' })
  await pod('vault', { serviceAccountName: 'one', automountServiceAccountToken: false, volumes: [tokenVolume('vault')] })
  await pod('elsewhere', { serviceAccountName: 'one', nodeName: 'n2' })
  await pod('mirror', {}, { 'kubernetes.io/config.mirror': 'x' })
})
afterAll(() => server.stop())

const differentAccount = (name: string) =>
  `cannot bind token for serviceaccount "${name}" to pod running with different serviceaccount name.`
const notNamed = (audience: string) =>
  `serviceaccounts "one" is forbidden: audience "${audience}" not found in pod spec volume, system:node:n1 is not authorized to request tokens for this audience`

describe('a token bound to a pod', () => {
  it.each([
    ['the account that it runs as', 'one', 'plain', 201, undefined],
    ['another account', 'two', 'plain', 400, differentAccount('two')],
    ['any account, for a mirror pod', 'one', 'mirror', 400, differentAccount('one')],
  ])('is for %s', async (_, account, pod, code, message) => {
    const { json, code: answered } = await ask(account, bound(pod))
    expect(answered).toBe(code)
    if (message) expect(json.message).toBe(message)
  })

  it('is for the pod of that uid', async () => {
    expect((await ask('one', bound('plain', 'other'))).json).toMatchObject({
      code: 409,
      message:
        'Operation cannot be fulfilled on Pod "plain": the UID in the bound object reference (other) does not match the UID in record. The object might have been deleted and then recreated',
    })
  })
})

describe('a node asks for a token', () => {
  it.each([
    ['without an audience, where the pod has one mounted', 'plain', [], 201, undefined],
    ['without an audience, where no volume asks for that', 'vault', [], 403, notNamed('')],
    ['for an audience that a volume names', 'vault', ['vault'], 201, undefined],
    ['for one that none names', 'plain', ['vault'], 403, notNamed('vault')],
    [
      "for the API server's own by name",
      'plain',
      ['https://kubernetes.default.svc.cluster.local'],
      403,
      notNamed('https://kubernetes.default.svc.cluster.local'),
    ],
    ['for two', 'vault', ['vault', 'sts'], 403, 'serviceaccounts "one" is forbidden: node may only request 0 or 1 audiences'],
    [
      'for a pod of another node',
      'elsewhere',
      [],
      403,
      'serviceaccounts "one" is forbidden: node requested token bound to a pod scheduled on a different node',
    ],
    ['for a mirror pod', 'mirror', [], 403, notNamed('')],
    ['for a pod that is not there', 'gone', [], 404, 'pods "gone" not found'],
  ])('%s', async (_, pod, audiences, code, message) => {
    const answer = await ask('one', { audiences, ...bound(pod, uids[pod] ?? 'x') }, node)
    expect({ code: answer.code, message: answer.json.message }).toEqual({ code, message })
  })

  it('for an audience of a driver of one of its volumes, however the pod names that', async () => {
    const spec = {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1' },
      csi: { driver: 'd.example.com', volumeHandle: 'x' },
    }
    const claim = (name: string) => ({
      metadata: { name },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1' } }, storageClassName: '', volumeName: 'pv' },
    })
    await create('/apis/storage.k8s.io/v1/csidrivers', {
      metadata: { name: 'd.example.com' },
      spec: { tokenRequests: [{ audience: 'disk' }] },
    })
    await create('/api/v1/persistentvolumes', { metadata: { name: 'pv' }, spec })
    for (const name of ['data', 'made-v']) await create('/api/v1/namespaces/default/persistentvolumeclaims', claim(name))
    const template = { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1' } } } }
    for (const [name, source] of [
      ['inline', { csi: { driver: 'd.example.com' } }],
      ['claimed', { persistentVolumeClaim: { claimName: 'data' } }],
      ['made', { ephemeral: { volumeClaimTemplate: template } }],
    ] as const) {
      const volumes = [{ name: 'v', ...source }]
      await create(pods, { metadata: { name }, spec: { containers, nodeName: 'n1', serviceAccountName: 'one', volumes } })
      expect((await ask('one', { audiences: ['disk'], ...bound(name) }, node)).code).toBe(201)
      expect((await ask('one', { audiences: ['tape'], ...bound(name) }, node)).json.message).toBe(notNamed('tape'))
    }
  })

  it('for an audience that a role lets nodes ask for', async () => {
    const roles = '/apis/rbac.authorization.k8s.io/v1'
    const rules = [
      { apiGroups: [''], resources: ['vault2'], resourceNames: ['one'], verbs: ['request-serviceaccounts-token-audience'] },
    ]
    await create(`${roles}/clusterroles`, { metadata: { name: 'audience' }, rules })
    await create(`${roles}/clusterrolebindings`, {
      metadata: { name: 'audience' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'audience' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:nodes' }],
    })
    expect((await ask('one', { audiences: ['vault2'], ...bound('plain') }, node)).code).toBe(201)
    expect((await ask('one', { audiences: ['vault3'], ...bound('plain') }, node)).json.message).toBe(notNamed('vault3'))
  })

  it('for a pod that took the name of another', async () => {
    const { json } = await ask('one', bound('plain', 'other'), node)
    expect(json).toMatchObject({
      code: 403,
      message: expect.stringContaining('the UID in the bound object reference (other) does not match the UID in record'),
    })
  })

  it('as another account of the same pod, and gets none', async () => {
    expect((await ask('two', bound('plain'), node)).json).toMatchObject({
      code: 403,
      message: expect.stringContaining("no relationship found between node 'n1' and this object"),
    })
    await create(pods, { metadata: { name: 'beside' }, spec: { containers, nodeName: 'n1', serviceAccountName: 'two' } })
    expect((await ask('two', bound('plain'), node)).json).toMatchObject({ code: 400, message: differentAccount('two') })
  })
})

describe('the body of a token request', () => {
  it.each([
    [
      { metadata: { name: 'two' } },
      422,
      'TokenRequest.authentication.k8s.io "one" is invalid: metadata.name: Invalid value: "two": must match the service account name if specified',
    ],
    [{ metadata: { uid: 'x' } }, 409, 'the UID in the token request (x) does not match the UID of the service account'],
    [
      { spec: { boundObjectRef: { apiVersion: 'apps/v1', kind: 'Pod', name: 'plain' } } },
      400,
      'cannot bind token to object of type apps/v1, Kind=Pod',
    ],
    [
      { spec: { boundObjectRef: { kind: 'ConfigMap', name: 'x' } } },
      400,
      'cannot bind token to object of type /, Kind=ConfigMap',
    ],
    [{ spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Node', name: 'n9' } } }, 404, 'nodes "n9" not found'],
  ])('%j', async (body, code, message) => {
    const { json } = await server.call('POST', `${accounts}/one/token`, { body })
    expect(json).toMatchObject({ code, message: expect.stringContaining(message) })
  })
})

describe('what a token is bound to', () => {
  const works = async (token: string) =>
    (await server.call('GET', '/api', { user: null, headers: { authorization: `Bearer ${token}` } })).code !== 401

  it.each([
    ['Pod', pods, { spec: { containers, serviceAccountName: 'one' } }],
    ['Secret', '/api/v1/namespaces/default/secrets', {}],
    ['Node', '/api/v1/nodes', {}],
  ])('is there as long as the token is good: %s', async (kind, url, body) => {
    await create(url, { metadata: { name: 'short' }, ...body })
    const { json } = await ask('one', { boundObjectRef: { apiVersion: 'v1', kind, name: 'short' } })
    expect(await works(json.status.token)).toBe(true)
    await server.call('DELETE', `${url}/short?gracePeriodSeconds=0`)
    expect(await works(json.status.token)).toBe(false)
    await create(url, { metadata: { name: 'short' }, ...body })
    expect(await works(json.status.token)).toBe(false)
  })
})
