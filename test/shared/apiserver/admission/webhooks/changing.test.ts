import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../../shared/meta/object.ts'
import { startTestServer, type TestServer } from '../../environment.ts'
import type { HttpAnswer } from '../../facts/webhooks/behaviours.ts'
import { allowed, configure, hookAt, patchedBy } from './hooks.ts'
import { type ReceivedReview, startWebhookServer, type WebhookServer } from './webhook-server.ts'

const maps = '/api/v1/namespaces/here/configmaps'
const pods = '/api/v1/namespaces/here/pods'
const merge = { 'content-type': 'application/merge-patch+json' }

describe('webhooks that change objects', () => {
  let server: TestServer
  let hooks: WebhookServer
  let behave: Record<string, (review: ReceivedReview) => HttpAnswer> = {}
  let called: string[] = []
  const undo: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    hooks = await startWebhookServer((review) => {
      called.push(review.path.slice(1))
      return (behave[review.path.slice(1)] ?? allowed)(review)
    })
    server = await startTestServer()
    await server.makeNamespace('here')
    await server.call('POST', '/api/v1/namespaces/here/serviceaccounts', { body: { metadata: { name: 'default' } } })
  })
  afterAll(async () => {
    await server.stop()
    await hooks.stop()
  })
  beforeEach(() => {
    behave = {}
    called = []
  })
  afterEach(async () => {
    for (const one of undo.splice(0)) await one()
  })

  const use = async (webhooks: readonly object[], name?: string) =>
    undo.push(await configure(server, 'mutating', { webhooks, name }))
  const add = (field: string, value: unknown) => ({ op: 'add', path: `/metadata/annotations/${field}`, value })
  const annotated = (name: string, more: object = {}) => ({ metadata: { name, annotations: { a: 'b' } }, ...more })
  const rules = (operation: string, resource: string, group = '') => ({
    rules: [{ operations: [operation], apiGroups: [group], apiVersions: ['v1'], resources: [resource] }],
  })
  const ofPods = rules('CREATE', 'pods')
  const pod = (name: string) => ({ metadata: { name }, spec: { containers: [{ name: 'c', image: 'i' }] } })
  const sidecar = { op: 'add', path: '/spec/containers/-', value: { name: 'sidecar', image: 's' } }
  const twice = { reinvocationPolicy: 'IfNeeded' }

  it('are called by the names of their configurations, and as they stand in them', async () => {
    await use([hookAt(hooks, 'c'), hookAt(hooks, 'a')], 'second')
    await use([hookAt(hooks, 'b')], 'first')
    await server.call('POST', maps, { body: annotated('order') })
    expect(called).toEqual(['b', 'c', 'a'])
  })

  it('see what the ones before have made, and are concerned by what that is then', async () => {
    behave.first = (review) => patchedBy(review, { op: 'add', path: '/metadata/labels', value: { chosen: 'yes' } })
    behave.second = (review) => patchedBy(review, add('seen', String(JSON.stringify(review.request.object).includes('chosen'))))
    await use([hookAt(hooks, 'first'), hookAt(hooks, 'second', { objectSelector: { matchLabels: { chosen: 'yes' } } })])
    const { json } = await server.call('POST', maps, { body: annotated('seen') })
    expect(json.metadata.annotations).toEqual({ a: 'b', seen: 'true' })
  })

  it('are called once more if a later one changes something and they asked for it, and only then', async () => {
    behave.last = (review) => patchedBy(review, add('last', 'yes'))
    await use([hookAt(hooks, 'again', twice), hookAt(hooks, 'once'), hookAt(hooks, 'last', twice)])
    await server.call('POST', maps, { body: annotated('again') })
    expect(called).toEqual(['again', 'once', 'last', 'again'])
  })

  it('are called twice at most, whatever they change', async () => {
    const change = (review: ReceivedReview) => patchedBy(review, add('count', String(called.length)))
    Object.assign(behave, { one: change, two: change })
    await use([hookAt(hooks, 'one', twice), hookAt(hooks, 'two', twice)])
    await server.call('POST', maps, { body: annotated('twice') })
    expect(called).toEqual(['one', 'two', 'one', 'two'])
  })

  it('are not called again if what the later one asks for is there already', async () => {
    behave.nothing = (review) => patchedBy(review, { op: 'replace', path: '/metadata/annotations/a', value: 'b' })
    await use([hookAt(hooks, 'again', twice), hookAt(hooks, 'nothing')])
    await server.call('POST', maps, { body: annotated('nothing') })
    expect(called).toEqual(['again', 'nothing'])
  })

  // https://github.com/kubernetes/kubernetes/issues/64333
  it('have what they add looked at by the built-in plugins', async () => {
    const limits = { type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '1' } }
    const ranges = '/api/v1/namespaces/here/limitranges'
    await server.call('POST', ranges, { body: { metadata: { name: 'r' }, spec: { limits: [limits] } } })
    undo.push(() => server.call('DELETE', `${ranges}/r`))
    behave.inject = (review) => patchedBy(review, sidecar)
    await use([hookAt(hooks, 'inject', ofPods)])
    const { json } = await server.call<KubeObject & { spec: { containers: object[] } }>('POST', pods, { body: pod('injected') })
    expect(json.spec.containers[1]).toMatchObject({
      name: 'sidecar',
      resources: { limits: { cpu: '1' } },
      volumeMounts: [{ mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
    })
  })

  // https://github.com/kubernetes/kubernetes/pull/58025
  it('have what they add defaulted before the next one sees it', async () => {
    let seen: unknown
    behave.inject = (review) => patchedBy(review, sidecar)
    behave.look = (review) => {
      seen = (review.request.object as { spec: { containers: object[] } } | null)?.spec.containers.at(-1)
      return allowed(review)
    }
    await use([hookAt(hooks, 'inject', ofPods), hookAt(hooks, 'look', ofPods)])
    await server.call('POST', pods, { body: pod('defaulted') })
    expect(seen).toMatchObject({ name: 'sidecar', imagePullPolicy: 'Always', terminationMessagePath: '/dev/termination-log' })
  })

  it('have what they make validated as if the client had sent it', async () => {
    behave.break = (review) => patchedBy(review, { op: 'replace', path: '/spec/containers/0/name', value: 'A b' })
    await use([hookAt(hooks, 'break', ofPods)])
    const { code, json } = await server.call('POST', pods, { body: pod('broken') })
    expect([code, json.message]).toEqual([422, expect.stringContaining('spec.containers[0].name: Invalid value: "A b"')])
  })

  it('may not make another kind of an object', async () => {
    behave.turn = (review) => patchedBy(review, { op: 'replace', path: '/kind', value: 'Secret' })
    await use([hookAt(hooks, 'turn')])
    const { code, json } = await server.call('POST', maps, { body: annotated('turned') })
    const message = 'Internal error occurred: converting (v1.Secret) to (v1.ConfigMap): unknown conversion'
    expect([code, json.message]).toEqual([500, message])
  })

  it('may not change what is deleted', async () => {
    await server.call('POST', maps, { body: annotated('deleted') })
    behave.change = (review) => patchedBy(review, add('late', 'yes'))
    await use([hookAt(hooks, 'change')])
    const { json } = await server.call('DELETE', `${maps}/deleted`)
    expect(json.message).toBe(
      'Internal error occurred: admission webhook "change.example.com" attempted to modify the object, which is not supported for this operation',
    )
  })

  it('may name an object that the server was to name', async () => {
    behave.name = (review) => patchedBy(review, { op: 'add', path: '/metadata/name', value: 'named' })
    await use([hookAt(hooks, 'name')])
    const { json } = await server.call('POST', maps, { body: { metadata: { generateName: 'made-' } } })
    expect(json.metadata.name).toBe('named')
  })

  // https://github.com/kubernetes/kubernetes/issues/87672
  it.each(['POST', 'PUT', 'PATCH'])('write fields that are nobody’s, by %s', async (verb) => {
    const name = `owned-${verb.toLowerCase()}`
    const body = { apiVersion: 'v1', kind: 'ConfigMap', ...annotated(name, { data: { mine: '1' } }) }
    if (verb === 'PUT') await server.call('POST', `${maps}?fieldManager=before`, { body: annotated(name) })
    behave.set = (review) => patchedBy(review, { op: 'add', path: '/data/theirs', value: '2' })
    await use([hookAt(hooks, 'set')])
    const url = `${maps}${verb === 'POST' ? '' : `/${name}`}?fieldManager=me`
    const headers = { 'content-type': verb === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json' }
    const { json } = await server.call<KubeObject>(verb, url, { body, headers })
    expect(json.data).toEqual({ mine: '1', theirs: '2' })
    const owned = JSON.stringify(json.metadata.managedFields)
    expect(owned).toContain('"f:mine"')
    expect(owned).not.toContain('"f:theirs"')
    // and who applies the same again is told of no conflict
    if (verb === 'PATCH') expect((await server.call(verb, url, { body, headers })).code).toBe(200)
  })

  it('change what a scale asks for', async () => {
    const deployments = '/apis/apps/v1/namespaces/here/deployments'
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const spec = { replicas: 1, selector: { matchLabels: { a: 'b' } }, template }
    await server.call('POST', deployments, { body: { metadata: { name: 'web' }, spec } })
    behave.most = (review) => patchedBy(review, { op: 'replace', path: '/spec/replicas', value: 3 })
    await use([hookAt(hooks, 'most', rules('UPDATE', 'deployments/scale', 'apps'))])
    const scale = { body: { spec: { replicas: 100 } }, headers: merge }
    expect((await server.call<KubeObject>('PATCH', `${deployments}/web/scale`, scale)).json.spec).toEqual({ replicas: 3 })
    expect((await server.call<KubeObject>('GET', `${deployments}/web`)).json.spec).toMatchObject({ replicas: 3 })
  })

  it('keep to the part that a subresource may change', async () => {
    await server.call('POST', pods, { body: pod('status') })
    const message = { op: 'add', path: '/status/message', value: 'mine' }
    const image = { op: 'replace', path: '/spec/containers/0/image', value: 'other' }
    behave.both = (review) => patchedBy(review, message, image)
    await use([hookAt(hooks, 'both', rules('UPDATE', 'pods/status'))])
    const status = { body: { status: { reason: 'R' } }, headers: merge }
    const { json } = await server.call<KubeObject>('PATCH', `${pods}/status/status`, status)
    expect(json).toMatchObject({ status: { message: 'mine', reason: 'R' }, spec: { containers: [{ image: 'i' }] } })
  })
})
