import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { warningsOfPods } from '../../../shared/apiserver/admission/pod-security/namespace-pods.ts'
import type { ObservedRequest } from '../../../shared/apiserver/observer.ts'
import type { Pod } from '../../../shared/resources/resource.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
const seen: ObservedRequest[] = []
const prefix = 'pod-security.kubernetes.io/'
const containers = [{ name: 'c', image: 'i', securityContext: { privileged: true } }]

beforeAll(async () => {
  server = await startTestServer({ observers: [{ answered: (observed) => void seen.push(observed) }] })
})
afterAll(() => server.stop())

const makeNamespace = async (name: string, labels: Record<string, string>) => {
  await server.makeNamespace(name)
  await label(name, labels)
}
const label = (name: string, labels: Record<string, string>) =>
  server.call('PATCH', `/api/v1/namespaces/${name}`, {
    body: { metadata: { labels: Object.fromEntries(Object.entries(labels).map(([mode, value]) => [prefix + mode, value])) } },
    headers: { 'content-type': 'application/merge-patch+json' },
  })
const makePod = (namespace: string, name: string, more: object = {}) =>
  server.call('POST', `/api/v1/namespaces/${namespace}/pods`, { body: { metadata: { name, ...more }, spec: { containers } } })

describe('pod security', () => {
  it('tells the audit log what was enforced, and what would have been forbidden', async () => {
    await makeNamespace('audited', { audit: 'baseline', 'audit-version': 'v1.30' })
    const { code, headers } = await makePod('audited', 'a')
    expect([code, headers.warning]).toEqual([201, undefined])
    expect(seen.at(-1)?.auditAnnotations).toEqual({
      [`${prefix}enforce-policy`]: 'privileged:latest',
      [`${prefix}audit-violations`]:
        'would violate PodSecurity "baseline:v1.30": privileged (container "c" must not set securityContext.privileged=true)',
    })
  })

  it('counts for the next request', async () => {
    await makeNamespace('next', {})
    for (const [level, code] of [
      ['baseline', 403],
      ['privileged', 201],
      ['restricted', 403],
    ] as const) {
      await label('next', { enforce: level })
      expect((await makePod('next', level)).code).toBe(code)
    }
  })

  it('checks at most three thousand pods of a namespace, one of each owner first', () => {
    const pod = (name: string, uid: string) =>
      ({
        metadata: { name, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid, controller: true }] },
        spec: { containers },
      }) as Pod
    const many = Array.from({ length: 3500 }, (_, index) => pod(`a${index}`, 'one'))
    const options = { pods: [...many, pod('z', 'two')], now: () => 0 }
    expect(warningsOfPods('n', { level: 'baseline', version: 30 }, options)).toEqual([
      'new PodSecurity enforce level only checked against the first 3000 of 3501 existing pods',
      'existing pods in namespace "n" violate the new PodSecurity enforce level "baseline:v1.30"',
      'a0 (and 2999 other pods): privileged',
    ])
    let nowMs = 0
    const slowly = { ...options, now: () => (nowMs += 400) }
    expect(warningsOfPods('n', { level: 'baseline', version: 30 }, slowly)[0]).toBe(
      'new PodSecurity enforce level only checked against the first 3 of 3501 existing pods',
    )
  })
})
