import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Pod } from '../../../shared/resources/resource.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
const pods = '/api/v1/namespaces/default/pods'
const containers = [{ name: 'c', image: 'i' }]
const create = (name: string, spec: object = {}) =>
  server.call<Pod>('POST', pods, { body: { metadata: { name }, spec: { containers, ...spec } } })

beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

describe('pod admission', () => {
  it('gives the default service account and its token', async () => {
    const { json } = await create('token')
    expect(json.spec.serviceAccountName).toBe('default')
    const [volume] = json.spec.volumes ?? []
    expect(volume?.name).toMatch(/^kube-api-access-[a-z0-9]{5}$/)
    expect(volume?.projected?.sources?.map((source) => Object.keys(source)[0])).toEqual([
      'serviceAccountToken',
      'configMap',
      'downwardAPI',
    ])
    expect(json.spec.containers[0]?.volumeMounts).toEqual([
      { name: volume?.name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ])
  })

  it('mounts no token where pod or account say so', async () => {
    expect((await create('pod-says', { automountServiceAccountToken: false })).json.spec.volumes).toBeUndefined()
    const account = { metadata: { name: 'quiet' }, automountServiceAccountToken: false, imagePullSecrets: [{ name: 'pull' }] }
    await server.call('POST', '/api/v1/namespaces/default/serviceaccounts', { body: account })
    const { json } = await create('account-says', { serviceAccountName: 'quiet' })
    expect(json.spec.volumes).toBeUndefined()
    expect(json.spec.imagePullSecrets).toEqual([{ name: 'pull' }])
  })

  it('refuses an account that is not there', async () => {
    const { json } = await create('nobody', { serviceAccountName: 'nobody' })
    expect(json).toMatchObject({
      code: 403,
      message: 'pods "nobody" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found',
    })
  })

  it('lets pods stay five minutes on a node that is gone', async () => {
    const { json } = await create('tolerant', {
      tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }],
    })
    expect(json.spec.tolerations).toEqual([
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ])
  })

  it('computes the priority', async () => {
    expect((await create('ordinary')).json.spec).toMatchObject({ priority: 0, preemptionPolicy: 'PreemptLowerPriority' })
    expect((await create('unknown', { priorityClassName: 'none' })).json).toMatchObject({
      code: 403,
      message: 'pods "unknown" is forbidden: no PriorityClass with name none was found',
    })
  })

  it('a class of priority says the number and whom the pod pushes aside', async () => {
    const body = { metadata: { name: 'calm' }, value: 700, preemptionPolicy: 'Never' }
    await server.call('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', { body })
    expect((await create('calm', { priorityClassName: 'calm' })).json.spec).toMatchObject({
      priority: 700,
      preemptionPolicy: 'Never',
    })
    expect((await create('same', { priorityClassName: 'calm', priority: 700, preemptionPolicy: 'Never' })).code).toBe(201)
    expect((await create('system', { priorityClassName: 'system-node-critical' })).json.spec.priority).toBe(2_000_001_000)
    const rude = await create('rude', { priorityClassName: 'calm', preemptionPolicy: 'PreemptLowerPriority' })
    expect(rude.json).toMatchObject({
      code: 403,
      message:
        'pods "rude" is forbidden: the string value of PreemptionPolicy (PreemptLowerPriority) must not be provided in pod spec; priority admission controller computed Never from the given PriorityClass name',
    })
    const vain = await create('vain', { priorityClassName: 'calm', priority: 1 })
    expect(vain.json).toMatchObject({
      code: 403,
      message:
        'pods "vain" is forbidden: the integer value of priority (1) must not be provided in pod spec; priority admission controller computed 700 from the given PriorityClass name',
    })
  })
})
