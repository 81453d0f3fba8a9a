import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createDefaultAdmission } from '../../../../../shared/apiserver/admission/default-plugins.ts'
import { peerAuthenticator } from '../../../../../shared/apiserver/authn/peer.ts'
import { createApiServer } from '../../../../../shared/apiserver/create-api-server.ts'
import { createInProcessClient } from '../../../../../shared/client/in-process.ts'
import type { KubeObject } from '../../../../../shared/meta/object.ts'
import { systemClock } from '../../../../../shared/platform/clock.ts'
import { createLogger } from '../../../../../shared/platform/log.ts'
import { definitions } from '../../../../../shared/resources/index.ts'
import { configMaps } from '../../../../../shared/resources/resource.ts'
import { loadSchemas } from '../../../../../shared/resources/schemas.ts'
import type { LogTail } from '../../../../../shared/storage/log-tail.ts'
import { openLogTail } from '../../../../../shared/storage/tail/open.ts'
import { admin, startTestServer, type TestServer } from '../../environment.ts'
import { allowed, answered, configure, hookAt, patchedBy } from './hooks.ts'
import { type ReceivedReview, startWebhookServer, type WebhookServer } from './webhook-server.ts'

let server: TestServer
let hooks: WebhookServer
let behave = (review: ReceivedReview) => allowed(review)
const undo: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  hooks = await startWebhookServer((review) => behave(review))
  server = await startTestServer()
  await server.makeNamespace('here')
})
afterAll(async () => {
  await server.stop()
  await hooks.stop()
})
afterEach(async () => {
  for (const one of undo.splice(0)) await one()
})

describe('a configuration', () => {
  let tail: LogTail
  afterAll(() => tail.close())

  it('counts in another process within two seconds, and is gone there as soon', async () => {
    tail = await openLogTail({ store: server.store })
    let nowMs = Date.now()
    const { handle } = createApiServer({
      store: server.store,
      logTail: tail,
      definitions,
      schemas: loadSchemas(),
      authenticators: [peerAuthenticator],
      admission: createDefaultAdmission(),
      clock: { ...systemClock, now: () => nowMs },
      log: createLogger({ write: () => undefined }),
    })
    const client = createInProcessClient(handle, admin)
    const create = (name: string) => client.create(configMaps, { metadata: { name, namespace: 'here' } })
    await create('before')
    behave = (review) => answered(review, { allowed: false })
    const remove = await configure(server, 'validating', { webhooks: [hookAt(hooks, 'no')] })
    nowMs += 2001
    await expect(create('after')).rejects.toThrow('admission webhook "no.example.com" denied the request')
    await remove()
    nowMs += 2001
    await create('again')
  })
})

describe('webhooks of custom kinds', () => {
  const kinds = '/apis/example.com/v1/namespaces/here/things'
  const openAPIV3Schema = {
    type: 'object',
    properties: {
      spec: { type: 'object', properties: { size: { type: 'integer' }, colour: { type: 'string', default: 'red' } } },
    },
  }
  const version = (name: string, storage: boolean) => ({ name, served: true, storage, schema: { openAPIV3Schema } })
  beforeAll(async () => {
    const names = { plural: 'things', kind: 'Thing', singular: 'thing', listKind: 'ThingList' }
    const spec = { group: 'example.com', scope: 'Namespaced', names, versions: [version('v1', true), version('v2', false)] }
    const definition = { metadata: { name: 'things.example.com' }, spec }
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    const { json } = await server.call<KubeObject>('POST', path, { body: definition })
    const accepted = { acceptedNames: names, storedVersions: ['v1'] }
    const conditions = ['NamesAccepted', 'Established'].map((type) => ({ type, status: 'True', reason: 'R', message: 'm' }))
    await server.call('PUT', `${path}/things.example.com/status`, { body: { ...json, status: { ...accepted, conditions } } })
  })
  const rules = (apiVersion: string) => [
    { operations: ['*'], apiGroups: ['example.com'], apiVersions: [apiVersion], resources: ['things'] },
  ]
  const thing = (name: string, apiVersion = 'v1') => ({
    body: { apiVersion: `example.com/${apiVersion}`, kind: 'Thing', metadata: { name }, spec: { size: 1 } },
  })

  it('have what they write pruned, defaulted and validated', async () => {
    behave = (review) => patchedBy(review, { op: 'replace', path: '/spec', value: { size: 2, unknown: 'field' } })
    undo.push(await configure(server, 'mutating', { webhooks: [hookAt(hooks, 'spec', { rules: rules('v1') })] }))
    const { json } = await server.call<KubeObject>('POST', kinds, thing('pruned'))
    expect(json.spec).toEqual({ size: 2, colour: 'red' })
    behave = (review) => patchedBy(review, { op: 'replace', path: '/spec/size', value: 'large' })
    const refused = await server.call('POST', kinds, thing('refused'))
    expect(refused.code).toBeGreaterThanOrEqual(400)
    expect(refused.json.message).toContain('size')
  })

  it('are shown the version that they name, and change that', async () => {
    let seen: unknown
    behave = (review) => {
      seen = [review.request.object?.apiVersion, (review.request as { requestKind?: object }).requestKind]
      return patchedBy(review, { op: 'replace', path: '/spec/size', value: 3 })
    }
    undo.push(await configure(server, 'mutating', { webhooks: [hookAt(hooks, 'other', { rules: rules('v2') })] }))
    const { json } = await server.call<KubeObject>('POST', kinds, thing('converted'))
    expect(seen).toEqual(['example.com/v2', { group: 'example.com', version: 'v1', kind: 'Thing' }])
    expect(json).toMatchObject({ apiVersion: 'example.com/v1', spec: { size: 3, colour: 'red' } })
  })

  it('are not asked about another version if they want only their own', async () => {
    behave = (review) => answered(review, { allowed: false })
    const exact = hookAt(hooks, 'exact', { rules: rules('v2'), matchPolicy: 'Exact' })
    undo.push(await configure(server, 'validating', { webhooks: [exact] }))
    expect((await server.call('POST', kinds, thing('exact'))).code).toBe(201)
    expect((await server.call('POST', kinds.replace('/v1/', '/v2/'), thing('exact-v2', 'v2'))).code).toBe(400)
  })
})
