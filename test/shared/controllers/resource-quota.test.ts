import { afterEach, describe, expect, it } from 'vitest'
import { count, countedResources } from '../../../shared/controllers/resourcequota/count.ts'
import { createResourceQuotaController } from '../../../shared/controllers/resourcequota/resourcequota.ts'
import { amountsOf, textsOf } from '../../../shared/resources/core/quota/amounts.ts'
import {
  configMaps,
  namespaces,
  type Pod,
  persistentVolumeClaims,
  pods,
  type ResourceQuota,
  resourceQuotas,
  serviceAccounts,
} from '../../../shared/resources/resource.ts'
import { allResources, createMovableClock, startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster
const clock = createMovableClock()

const start = async () => {
  cluster = await startTestCluster({ controllers: [createResourceQuotaController({ resources: allResources })], clock })
  await cluster.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } })
  await cluster.client.create(serviceAccounts, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'n' },
  })
}

const makeQuota = (hard: Record<string, string>, more: Partial<ResourceQuota['spec']> = {}) =>
  cluster.client.create(resourceQuotas, {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q', namespace: 'n' },
    spec: { hard, ...more },
  } as ResourceQuota)
const statusIs = (hard: Record<string, string>, used: Record<string, string>) =>
  cluster.until(() => {
    const { status } = cluster.cache.get(resourceQuotas, 'n', 'q') ?? {}
    return JSON.stringify([status?.hard, status?.used]) === JSON.stringify([hard, used])
  })
const makeConfigMap = (name: string) =>
  cluster.client.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'n' } })
const makePod = (name: string, spec: Partial<Pod['spec']> = {}) =>
  cluster.client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'n' },
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }], ...spec },
  } as Pod)
const writeUsed = (used: Record<string, string>) =>
  cluster.client.patch(resourceQuotas, 'n', 'q', { type: 'merge', body: { status: { used } } }, { subresource: 'status' })

describe('the resource quota controller', () => {
  afterEach(() => cluster.stop())

  it('counts what is there, and puts the quota in effect', async () => {
    await start()
    await makeConfigMap('a')
    await makePod('p')
    const hard = { configmaps: '5', 'count/deployments.apps': '2', 'count/nothing.example.com': '1', 'requests.cpu': '1' }
    await makeQuota(hard)
    await statusIs(hard, { configmaps: '1', 'count/deployments.apps': '0', 'requests.cpu': '100m' })
    await makeConfigMap('b')
    await statusIs(hard, { configmaps: '2', 'count/deployments.apps': '0', 'requests.cpu': '100m' })
  })

  it('follows what the quota says now', async () => {
    await start()
    await makeConfigMap('a')
    await makeQuota({ configmaps: '5' })
    await statusIs({ configmaps: '5' }, { configmaps: '1' })
    const body = { spec: { hard: { configmaps: null, secrets: '3' } } }
    await cluster.client.patch(resourceQuotas, 'n', 'q', { type: 'merge', body })
    await statusIs({ secrets: '3' }, { secrets: '0' })
  })

  it('raises at once what too little was counted of, and gives back only what stays unused for a minute', async () => {
    await start()
    await makeConfigMap('a')
    await makeQuota({ configmaps: '9' })
    await statusIs({ configmaps: '9' }, { configmaps: '1' })
    await writeUsed({ configmaps: '0' })
    clock.advance(2000)
    await makeConfigMap('b')
    await statusIs({ configmaps: '9' }, { configmaps: '2' })
    // as if a server had died between the quota and the object
    await writeUsed({ configmaps: '5' })
    clock.advance(2000)
    await makeConfigMap('c')
    await statusIs({ configmaps: '9' }, { configmaps: '6' })
    await cluster.idle()
    clock.advance(2000)
    await cluster.client.patch(configMaps, 'n', 'c', { type: 'merge', body: { metadata: { labels: { a: 'b' } } } })
    await cluster.idle()
    expect(cluster.cache.get(resourceQuotas, 'n', 'q')?.status?.used).toEqual({ configmaps: '6' })
    clock.advance(61_000)
    await statusIs({ configmaps: '9' }, { configmaps: '3' })
  })
})

describe('what quotas count', () => {
  const nowMs = Date.parse('2026-01-01T00:00:00Z')
  const usageOf = (hard: string[], objects: readonly { resource: { resource: string }; object: unknown }[], spec = {}) => {
    const quota = {
      metadata: { name: 'q', namespace: 'n' },
      spec: { hard: Object.fromEntries(hard.map((name) => [name, '1'])), ...spec },
    }
    const cache = {
      list: (resource: { resource: string }) =>
        objects.filter((one) => one.resource.resource === resource.resource).map(({ object }) => object),
    }
    return textsOf(count(quota as ResourceQuota, { cache: cache as never, counted: countedResources(allResources), nowMs }))
  }
  const pod = (spec: object, more: object = {}) => ({
    resource: pods,
    object: { metadata: { name: 'p', namespace: 'n', ...more }, spec: { containers: [], ...spec }, ...more },
  })
  const asking = (requests: object, limits: object = {}, more: object = {}) => ({
    name: 'c',
    image: 'i',
    resources: { requests, limits },
    ...more,
  })

  it.each([
    [
      'containers together',
      { containers: [asking({ cpu: '1' }), asking({ cpu: '500m', memory: '1Gi' })] },
      { cpu: '1500m', memory: '1Gi', pods: '1' },
    ],
    [
      'the largest init container',
      { initContainers: [asking({ cpu: '3' })], containers: [asking({ cpu: '1' })] },
      { cpu: '3', memory: '0', pods: '1' },
    ],
    [
      'sidecars beside the containers',
      { initContainers: [asking({ cpu: '3' }, {}, { restartPolicy: 'Always' })], containers: [asking({ cpu: '1' })] },
      { cpu: '4', memory: '0', pods: '1' },
    ],
    [
      'the whole instead of its containers',
      { resources: { requests: { cpu: '7' } }, containers: [asking({ cpu: '1', memory: '1Gi' })] },
      { cpu: '7', memory: '1Gi', pods: '1' },
    ],
    ['the overhead', { overhead: { cpu: '250m' }, containers: [asking({ cpu: '1' })] }, { cpu: '1250m', memory: '0', pods: '1' }],
  ])('%s', (_what, spec, used) => {
    expect(usageOf(['cpu', 'memory', 'pods'], [pod(spec)])).toEqual(used)
  })

  it('what has ended, or should have, is only an object', () => {
    const containers = [asking({ cpu: '1' })]
    const ended = pod({ containers }, { status: { phase: 'Failed' } })
    const stuck = pod({ containers }, { deletionTimestamp: '2025-12-31T23:59:00Z', deletionGracePeriodSeconds: 30 })
    const ending = pod({ containers }, { deletionTimestamp: '2025-12-31T23:59:50Z', deletionGracePeriodSeconds: 30 })
    expect(usageOf(['cpu', 'pods', 'count/pods'], [ended, stuck, ending])).toEqual({ 'count/pods': '3', cpu: '1', pods: '1' })
  })

  it('what a node has given counts if it is more', () => {
    const status = { containerStatuses: [{ name: 'c', resources: { requests: { cpu: '2' } }, allocatedResources: { cpu: '3' } }] }
    expect(usageOf(['requests.cpu'], [pod({ containers: [asking({ cpu: '1' })] }, { status })])).toEqual({ 'requests.cpu': '3' })
  })

  it('huge pages and what drivers offer', () => {
    const containers = [
      asking({ 'hugepages-2Mi': '4Mi', 'example.com/gpu': '2' }, { 'hugepages-2Mi': '4Mi', 'example.com/gpu': '2' }),
    ]
    expect(usageOf(['hugepages-2Mi', 'requests.hugepages-2Mi', 'requests.example.com/gpu'], [pod({ containers })])).toEqual({
      'hugepages-2Mi': '4Mi',
      'requests.example.com/gpu': '2',
      'requests.hugepages-2Mi': '4Mi',
    })
  })

  it('claims by class, in whole bytes', () => {
    const claim = (storage: string, storageClassName?: string, status: object = {}) => ({
      resource: persistentVolumeClaims,
      object: { metadata: { name: 'c' }, spec: { resources: { requests: { storage } }, storageClassName }, status },
    })
    const names = [
      'persistentvolumeclaims',
      'requests.storage',
      'gold.storageclass.storage.k8s.io/requests.storage',
      'gold.storageclass.storage.k8s.io/persistentvolumeclaims',
    ]
    const claims = [claim('1Gi', 'gold', { allocatedResources: { storage: '3Gi' } }), claim('1500m'), claim('1Gi', 'iron')]
    expect(usageOf(names, claims)).toEqual({
      'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
      'gold.storageclass.storage.k8s.io/requests.storage': '3Gi',
      persistentvolumeclaims: '3',
      'requests.storage': String(4 * 2 ** 30 + 2),
    })
  })

  const high = pod({ priorityClassName: 'high', containers: [asking({ cpu: '1' })] })
  const plain = pod({ containers: [] })
  const dated = pod({ activeDeadlineSeconds: 5, containers: [asking({}, { cpu: '1' })] })
  const abroad = pod({
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, podAffinityTerm: { namespaceSelector: {}, topologyKey: 'x' } },
        ],
      },
    },
  })
  const all = [high, plain, dated, abroad]
  const selecting = (scopeName: string, operator: string, values?: string[]) => ({
    scopeSelector: { matchExpressions: [{ scopeName, operator, values }] },
  })
  it.each([
    [{}, 4],
    [{ scopes: ['BestEffort'] }, 2],
    [{ scopes: ['NotBestEffort'] }, 2],
    [{ scopes: ['Terminating'] }, 1],
    [{ scopes: ['NotTerminating'] }, 3],
    [{ scopes: ['NotTerminating', 'NotBestEffort'] }, 1],
    [{ scopes: ['PriorityClass'] }, 1],
    [{ scopes: ['CrossNamespacePodAffinity'] }, 1],
    [{ scopes: ['VolumeAttributesClass'] }, 0],
    [selecting('PriorityClass', 'In', ['high', 'low']), 1],
    [selecting('PriorityClass', 'In', ['low']), 0],
    [selecting('PriorityClass', 'NotIn', ['high']), 3],
    [selecting('PriorityClass', 'DoesNotExist'), 3],
    [selecting('Terminating', 'Exists'), 1],
  ])('pods in scope: %j', (spec, number) => {
    expect(usageOf(['pods'], all, spec)).toEqual({ pods: String(number) })
  })

  it('an amount is read and written as it is', () => {
    expect(textsOf(amountsOf({ b: '1.5Gi', a: '100m' }))).toEqual({ a: '100m', b: '1536Mi' })
  })
})
