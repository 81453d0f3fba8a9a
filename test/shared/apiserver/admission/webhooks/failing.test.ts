import { Buffer } from 'node:buffer'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDefaultAdmission } from '../../../../../shared/apiserver/admission/default-plugins.ts'
import { createWebhookMetrics } from '../../../../../shared/apiserver/admission/webhooks/metrics.ts'
import type { ObservedRequest } from '../../../../../shared/apiserver/observer.ts'
import { ApiError, notFound } from '../../../../../shared/meta/status.ts'
import { createDirectReach } from '../../../../../shared/reach/direct.ts'
import { startTestServer, type TestServer } from '../../environment.ts'
import type { HttpAnswer } from '../../facts/webhooks/behaviours.ts'
import { allowed, answered, configure, hookAt, patchedBy } from './hooks.ts'
import { type ReceivedReview, startWebhookServer, type WebhookServer } from './webhook-server.ts'

const maps = '/api/v1/namespaces/here/configmaps'

describe('webhooks that fail', () => {
  let server: TestServer
  let hooks: WebhookServer
  let stranger: WebhookServer
  let behave: Record<string, (review: ReceivedReview) => HttpAnswer | 'hang' | 'break' | Promise<HttpAnswer>> = {}
  let called: string[] = []
  let observed: ObservedRequest[] = []
  const metrics = createWebhookMetrics()
  const undo: (() => Promise<unknown>)[] = []
  const reach = createDirectReach({
    addressOf: async ({ name }) => {
      if (name === 'hook') return { host: '127.0.0.1', port: hooks.port, nodeName: undefined }
      if (name === 'empty') throw new ApiError('ServiceUnavailable', 'no endpoints available for service "empty"')
      throw notFound('', 'service', name)
    },
  })
  beforeAll(async () => {
    hooks = await startWebhookServer((review) => {
      called.push(review.path.slice(1))
      return (behave[review.path.slice(1)] ?? allowed)(review)
    })
    stranger = await startWebhookServer(allowed)
    const admission = createDefaultAdmission({ webhookMetrics: metrics })
    server = await startTestServer({ reach, admission, observers: [{ answered: (one) => observed.push(one) }] })
    await server.makeNamespace('here')
  })
  afterAll(async () => {
    await server.stop()
    reach.close()
    await hooks.stop()
    await stranger.stop()
  })
  beforeEach(() => {
    behave = {}
    called = []
    observed = []
  })
  afterEach(async () => {
    for (const one of undo.splice(0)) await one()
  })

  const use = async (kind: 'mutating' | 'validating', ...webhooks: readonly object[]) =>
    undo.push(await configure(server, kind, { webhooks, name: kind }))
  let made = 0
  const create = () => server.call('POST', maps, { body: { metadata: { name: `made-${++made}`, labels: {} } } })
  const failure = (name: string, why: string) =>
    `Internal error occurred: failed calling webhook "${name}.example.com": failed to call webhook: ${why}`
  const post = (path: string, why: string) => `Post "${hooks.url}/${path}": ${why}`
  const ofService = (name: string, more: object = {}) =>
    hookAt(hooks, 'service', {
      clientConfig: { service: { namespace: 'webhooks', name, path: '/service', ...more }, caBundle: hooks.caBundle },
    })
  const annotations = () => observed.at(-1)!.auditAnnotations

  describe.each(['mutating', 'validating'] as const)('and are %s', (kind) => {
    it('are given up when their time is over', async () => {
      behave.slow = () => 'hang'
      await use(kind, hookAt(hooks, 'slow', { timeoutSeconds: 1 }))
      const startedMs = Date.now()
      const { code, json } = await create()
      expect([code, json.message]).toEqual([500, failure('slow', post('slow?timeout=1s', 'context deadline exceeded'))])
      expect(Date.now() - startedMs).toBeLessThan(5000)
    })

    it('are left out when their time is over, if failures are ignored', async () => {
      behave.slow = () => 'hang'
      await use(kind, hookAt(hooks, 'slow', { timeoutSeconds: 1, failurePolicy: 'Ignore' }), hookAt(hooks, 'next'))
      expect((await create()).code).toBe(201)
      expect(called.sort()).toEqual(['next', 'slow'])
      expect(
        annotations()[`failed-open.${kind === 'mutating' ? 'mutation' : kind}.webhook.admission.k8s.io/round_0_index_0`],
      ).toBe('slow.example.com')
    })

    it('are not heard to the end of what they say', async () => {
      let sent = 0
      behave.flood = () => ({ body: Buffer.alloc(3 * 1024 * 1024 + 1, ' ').toString() })
      behave.big = (review) => {
        sent++
        return answered(review, { allowed: true, auditAnnotations: { a: 'x'.repeat(1_000_000) } })
      }
      await use(kind, hookAt(hooks, 'flood'))
      const why =
        'unexpected error when reading response body. Please retry. Original error: the answer is larger than 3145728 bytes'
      expect((await create()).json.message).toBe(failure('flood', why))
      await undo.pop()!()
      await use(kind, hookAt(hooks, 'big'))
      expect((await create()).code).toBe(201)
      expect(sent).toBe(1)
    })

    it('lead nobody elsewhere', async () => {
      behave.moved = () => ({ status: 307, headers: { location: `${hooks.url}/target` }, body: '' })
      await use(kind, hookAt(hooks, 'moved'))
      const why = 'the server responded with the status code 307 but did not return more information'
      expect((await create()).json.message).toBe(failure('moved', why))
      expect(called).toEqual(['moved'])
    })

    // https://github.com/knative/pkg/issues/1509
    it('end the connection instead of an answer', async () => {
      behave.broken = () => 'break'
      await use(kind, hookAt(hooks, 'broken'))
      expect((await create()).json.message).toMatch(
        /^Internal error occurred: failed calling webhook "broken.example.com": failed to call webhook: Post ".*": (EOF|read .*)$/,
      )
    })

    it('are asked again when they say when', async () => {
      behave.later = (review) =>
        called.length < 3 ? { status: 429, headers: { 'retry-after': '0' }, body: 'later' } : allowed(review)
      await use(kind, hookAt(hooks, 'later'))
      expect((await create()).code).toBe(201)
      expect(called).toEqual(['later', 'later', 'later'])
    })

    it('are asked again as long as they have time', async () => {
      behave.never = () => ({ status: 503, headers: { 'retry-after': '1' }, body: 'later' })
      await use(kind, hookAt(hooks, 'never', { timeoutSeconds: 1 }))
      expect((await create()).json.message).toBe(failure('never', 'context deadline exceeded'))
    })

    it.each([
      [
        'are signed by nobody known',
        () => hookAt({ ...hooks, caBundle: '' }, 'a'),
        'x509: certificate signed by unknown authority',
      ],
      [
        'are signed by somebody else',
        () => hookAt({ ...hooks, caBundle: stranger.caBundle }, 'a'),
        'x509: certificate signed by unknown authority',
      ],
      ['are of another name', () => ofService('other'), 'service "other" not found'],
      ['have no endpoints', () => ofService('empty'), 'no endpoints available for service "empty"'],
      [
        'do not listen',
        () => hookAt({ url: 'https://127.0.0.1:1', caBundle: hooks.caBundle }, 'a'),
        'dial tcp 127.0.0.1:1: connect: connection refused',
      ],
    ])('%s', async (_what, hook, why) => {
      await use(kind, hook())
      const { json } = await create()
      expect(json.message).toMatch(/^Internal error occurred: failed calling webhook ".*": failed to call webhook: Post "https:/)
      expect(json.message).toContain(why)
    })

    it('are found by their service', async () => {
      await use(kind, ofService('hook'))
      expect((await create()).code).toBe(201)
      expect(called).toEqual(['service'])
    })

    it('are called by one connection while that is there', async () => {
      await use(kind, hookAt(hooks, 'kept'))
      await create()
      const before = hooks.connections()
      for (let count = 0; count < 5; count++) expect((await create()).code).toBe(201)
      expect(hooks.connections()).toBe(before)
    })

    it('can not keep anybody from taking their configuration away', async () => {
      behave.all = (review) => answered(review, { allowed: false })
      const rules = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }]
      await use(kind, hookAt(hooks, 'all', { rules }))
      expect((await create()).code).toBe(400)
      const path = `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations/${kind}`
      expect(
        (
          await server.call('PATCH', path, {
            body: { metadata: { labels: { a: 'b' } } },
            headers: { 'content-type': 'application/merge-patch+json' },
          })
        ).code,
      ).toBe(200)
      expect((await server.call('DELETE', path)).code).toBe(200)
      expect((await create()).code).toBe(201)
    })

    it('refuse one deletion of many', async () => {
      await server.call('DELETE', maps)
      for (const name of ['keep', 'go'])
        await server.call('POST', maps, { body: { metadata: { name, labels: { [name]: 'yes' } } } })
      behave.keep = (review) => answered(review, { allowed: false, status: { message: 'it is kept' } })
      const rules = [{ operations: ['DELETE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }]
      await use(kind, hookAt(hooks, 'keep', { rules, objectSelector: { matchLabels: { keep: 'yes' } } }))
      const { code, json } = await server.call('DELETE', maps)
      expect([code, json.message]).toEqual([400, 'admission webhook "keep.example.com" denied the request: it is kept'])
      expect((await server.call('GET', `${maps}/keep`)).code).toBe(200)
      expect((await server.call('GET', `${maps}/go`)).code).toBe(404)
    })

    it('say to the audit log what they have to say', async () => {
      behave.say = (review) => answered(review, { allowed: true, auditAnnotations: { key: 'value', 'no key': 'x' } })
      await use(kind, hookAt(hooks, 'say'))
      await create()
      const own = Object.fromEntries(Object.entries(annotations()).filter(([key]) => key.includes('say.')))
      expect(own).toEqual({ 'say.example.com/key': 'value' })
    })
  })

  it('are all heard at once where they only refuse', async () => {
    let waiting = 0
    const together = async (review: ReceivedReview): Promise<HttpAnswer> => {
      waiting++
      while (waiting < 2) await pause(5)
      return allowed(review)
    }
    Object.assign(behave, { one: together, two: together })
    await use('validating', hookAt(hooks, 'one', { timeoutSeconds: 5 }), hookAt(hooks, 'two', { timeoutSeconds: 5 }))
    expect((await create()).code).toBe(201)
  })

  it('leave a trace of what they changed', async () => {
    behave.change = (review) => patchedBy(review, { op: 'add', path: '/metadata/labels', value: { a: 'b' } })
    await use('mutating', hookAt(hooks, 'change'), hookAt(hooks, 'quiet'))
    await create()
    const about = { configuration: 'mutating', webhook: 'change.example.com' }
    expect(annotations()).toMatchObject({
      'mutation.webhook.admission.k8s.io/round_0_index_0': JSON.stringify({ ...about, mutated: true }),
      'mutation.webhook.admission.k8s.io/round_0_index_1': JSON.stringify({
        ...about,
        webhook: 'quiet.example.com',
        mutated: false,
      }),
      'patch.webhook.admission.k8s.io/round_0_index_0': JSON.stringify({
        ...about,
        patch: [{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }],
        patchType: 'JSONPatch',
      }),
    })
  })

  it('are counted', async () => {
    behave.counted = (review) => answered(review, { allowed: false, status: { code: 700 } })
    await use('validating', hookAt(hooks, 'counted'))
    await create()
    const lines = metrics.families.flatMap((family) => family.lines()).filter((line) => line.includes('counted.example.com'))
    expect(lines).toContain(
      'apiserver_admission_webhook_rejection_count{name="counted.example.com",type="validating",operation="CREATE",error_type="no_error",rejection_code="600"} 1',
    )
    expect(lines).toContain(
      'apiserver_admission_webhook_request_total{name="counted.example.com",type="validating",operation="CREATE",rejected="true",code="600"} 1',
    )
    expect(lines.some((line) => line.startsWith('apiserver_admission_webhook_admission_duration_seconds_count'))).toBe(true)
  })

  it('are not called where they have something to do with a dry run', async () => {
    await use('validating', hookAt(hooks, 'quiet', { sideEffects: 'NoneOnDryRun' }))
    expect((await server.call('POST', `${maps}?dryRun=All`, { body: { metadata: { name: 'dry' } } })).code).toBe(201)
    expect(called).toEqual(['quiet'])
  })

  it('are asked once, though they say that what is applied is there', async () => {
    behave.there = (review) => answered(review, { allowed: false, status: { reason: 'AlreadyExists', message: 'it is there' } })
    await use('validating', hookAt(hooks, 'there'))
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied' } }
    const headers = { 'content-type': 'application/apply-patch+yaml' }
    const { json } = await server.call('PATCH', `${maps}/applied?fieldManager=me`, { body, headers })
    expect(json.message).toBe('admission webhook "there.example.com" denied the request: it is there')
    expect(called).toEqual(['there'])
  })

  it('may answer codes that HTTP has not', async () => {
    behave.odd = (review) => answered(review, { allowed: false, status: { code: 1234, message: 'odd' } })
    await use('validating', hookAt(hooks, 'odd'))
    const { code, json } = await create()
    expect([code, (json as { code?: number }).code]).toEqual([500, 1234])
  })
})
