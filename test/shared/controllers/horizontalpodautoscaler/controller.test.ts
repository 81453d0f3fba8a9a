import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Client, Resource } from '../../../../shared/client/client.ts'
import { createInProcessClient } from '../../../../shared/client/in-process.ts'
import type { Controller } from '../../../../shared/controllers/controller.ts'
import { createHorizontalPodAutoscalerController } from '../../../../shared/controllers/horizontalpodautoscaler/horizontalpodautoscaler.ts'
import { memoriesInProcess } from '../../../../shared/controllers/horizontalpodautoscaler/memory.ts'
import type { KubeObject } from '../../../../shared/meta/object.ts'
import { ApiError } from '../../../../shared/meta/status.ts'
import { timestamp } from '../../../../shared/platform/clock.ts'
import { createLogger } from '../../../../shared/platform/log.ts'
import type { Reach } from '../../../../shared/reach/reach.ts'
import type { V2HorizontalPodAutoscalerSpec } from '../../../../shared/resources/generated/types.ts'
import type { NodeUsage } from '../../../../shared/resources/metrics/node-usage.ts'
import {
  apiServices,
  customResourceDefinitions,
  deployments,
  type HorizontalPodAutoscaler,
  horizontalPodAutoscalers,
  nodes,
  type Pod,
  pods,
} from '../../../../shared/resources/resource.ts'
import { createStoreCache, type StoreCache } from '../../../../shared/storage/store-cache.ts'
import { openLogTail } from '../../../../shared/storage/tail/open.ts'
import { whenLoaded } from '../../../../shared/storage/when-loaded.ts'
import { admin, startTestServer, type TestServer } from '../../apiserver/environment.ts'
import { allResources } from '../environment.ts'

let server: TestServer
let cache: StoreCache
let client: Client
let closeTail: () => Promise<void>
let controller: Controller
let namespace = ''
let nowMs = Date.UTC(2026, 0, 1)
let told: string[] = []
/** thousandths of a processor that each pod uses, by name; the others say nothing */
let uses: Record<string, number> = {}
/** what servers of metrics are asked, and answer */
let asked: string[] = []
let answer: (path: string) => { status: number; body: unknown } = () => ({ status: 404, body: {} })

const clock = { now: () => nowMs, sleep: async () => undefined }
const usagesNow = (): Map<string, NodeUsage> => {
  const span = { atMs: nowMs, windowMs: 15_000 }
  const found = cache.list(pods).filter(({ metadata }) => uses[metadata.name] !== undefined)
  const usage = {
    ...{ ...span, cpuNanoCores: 1, memoryBytes: 1 },
    pods: found.map(({ metadata }) => ({
      ...{ ...span, namespace: metadata.namespace!, name: metadata.name, uid: metadata.uid! },
      containers: [{ name: 'a', cpuNanoCores: uses[metadata.name]! * 1_000_000, memoryBytes: 1 << 20 }],
    })),
  }
  return new Map([['node-1', usage]])
}
const reach = {
  request: async (_target, { path }) => {
    asked.push(path)
    const { status, body } = answer(path)
    return { status, headers: { 'content-type': 'application/json' }, body: Readable.from([Buffer.from(JSON.stringify(body))]) }
  },
} as Reach

beforeAll(async () => {
  server = await startTestServer({
    heartbeats: {
      record: async () => undefined,
      forget: async () => undefined,
      recordUsage: async () => undefined,
      all: async () => new Map([['node-1', nowMs]]),
      usages: async () => usagesNow(),
    },
    reach,
    clock,
  })
  const tail = await openLogTail({ store: server.store })
  closeTail = () => tail.close()
  cache = await createStoreCache({ store: server.store, tail, resources: allResources })
  client = createInProcessClient(server.handle, admin)
  await client.create(nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' }, spec: {} })
})
afterAll(async () => {
  cache.close()
  await closeTail()
  await server.stop()
})

let made = 0
beforeEach(async () => {
  namespace = `test-${made++}`
  nowMs += 3_600_000
  ;[told, uses, asked] = [[], {}, []]
  await server.makeNamespace(namespace)
  controller = createHorizontalPodAutoscalerController({ resources: allResources, memories: memoriesInProcess() })
})

const labels = { app: 'web' }
const template = {
  metadata: { labels },
  spec: { containers: [{ name: 'a', image: 'a', resources: { requests: { cpu: '1' } } }] },
}

/** A Deployment and its pods, long ready, each of which uses so much. */
const makeDeployment = async (name: string, replicas: number, milli: number | undefined) => {
  const spec = { replicas, selector: { matchLabels: labels }, template }
  await client.create(deployments, { metadata: { namespace, name }, spec } as never)
  const status = { replicas }
  await client.patch(deployments, namespace, name, { type: 'merge', body: { status } }, { subresource: 'status' })
  for (let index = 0; index < replicas; index++) await makePod(`${namespace}-${name}-${index}`, milli)
}
const makePod = async (name: string, milli: number | undefined) => {
  await client.create(pods, {
    metadata: { namespace, name, labels },
    spec: { ...template.spec, nodeName: 'node-1' },
  } as never as Pod)
  const longAgo = timestamp(nowMs - 1_800_000)
  const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: longAgo }]
  const status = { phase: 'Running', startTime: longAgo, conditions }
  await client.patch(pods, namespace, name, { type: 'strategic', body: { status } }, { subresource: 'status' })
  if (milli !== undefined) uses[name] = milli
}

const makeAutoscaler = (changes: Partial<V2HorizontalPodAutoscalerSpec> = {}, name = 'web') =>
  client.create(horizontalPodAutoscalers, {
    metadata: { namespace, name },
    spec: {
      ...{ scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 10 },
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
      ...changes,
    },
  } as never as HorizontalPodAutoscaler)

const look = async ({ afterMs = 15_000, name = 'web', as = client }: { afterMs?: number; name?: string; as?: Client } = {}) => {
  nowMs += afterMs
  const context = {
    ...{ client: as, cache, clock, log: createLogger({ write: () => undefined }) },
    events: {
      record: async (_object: KubeObject, type: string, reason: string, message: string) =>
        void told.push(`${type} ${reason} ${message}`),
    },
  }
  await cache.sync()
  const result = await whenLoaded(cache, () => controller.reconcile(`${namespace}/${name}`, context))
  const found = await client.get(horizontalPodAutoscalers, namespace, name)
  const conditions = Object.fromEntries(
    (found.status?.conditions ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]),
  )
  return { result, found, status: found.status, conditions }
}
const replicas = async (): Promise<number> => (await client.get(deployments, namespace, 'web')).spec.replicas!

it('scales up, and says of it what upstream says', async () => {
  await makeDeployment('web', 2, 900)
  await makeAutoscaler()
  const { status, conditions, result } = await look()
  expect(await replicas()).toBe(4)
  expect(result).toEqual({ requeueAfter: 15_000 })
  expect(status).toMatchObject({
    ...{ currentReplicas: 2, desiredReplicas: 4, lastScaleTime: timestamp(nowMs) },
    currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 90, averageValue: '900m' } } }],
  })
  expect(conditions).toEqual({
    AbleToScale: 'True SucceededRescale',
    ScalingActive: 'True ValidMetricFound',
    ScalingLimited: 'False DesiredWithinRange',
  })
  expect(told).toEqual([
    'Normal SuccessfulRescale New size: 4; reason: cpu resource utilization (percentage of request) above target',
  ])
})

it('scales nobody twice within a period, however often it is looked at', async () => {
  await makeDeployment('web', 1, 5000)
  await makeAutoscaler()
  await look()
  expect(await replicas()).toBe(4)
  expect((await look({ afterMs: 1000 })).result).toMatchObject({ requeueAfter: expect.any(Number) })
  expect(await replicas()).toBe(4)
  await look({ afterMs: 14_000 })
  expect(await replicas()).toBe(8)
})

it('scales down only after five minutes of lower recommendations', async () => {
  await makeDeployment('web', 4, 500)
  await makeAutoscaler()
  await look()
  for (const name of Object.keys(uses)) uses[name] = 100
  const { conditions } = await look()
  expect(await replicas()).toBe(4)
  expect(conditions.AbleToScale).toBe('True ScaleDownStabilized')
  await look({ afterMs: 270_000 })
  expect(await replicas()).toBe(4)
  await look({ afterMs: 60_000 })
  expect(await replicas()).toBe(1)
  expect(told).toEqual(['Normal SuccessfulRescale New size: 1; reason: All metrics below target'])
})

it('writes nothing at rest', async () => {
  await makeDeployment('web', 2, 500)
  await makeAutoscaler()
  const { found, conditions } = await look()
  expect(conditions.AbleToScale).toBe('True ReadyForNewScale')
  expect((await look()).found.metadata.resourceVersion).toBe(found.metadata.resourceVersion)
  expect(told).toEqual([])
})

it.each<[string, number, Partial<V2HorizontalPodAutoscalerSpec>, number, string]>([
  ['more than the most', 12, { maxReplicas: 10 }, 10, 'New size: 10; reason: Current number of replicas above Spec.MaxReplicas'],
  ['fewer than the least', 1, { minReplicas: 3 }, 3, 'New size: 3; reason: Current number of replicas below Spec.MinReplicas'],
])('brings %s within its bounds without a look at metrics', async (_what, before, changes, after, message) => {
  await makeDeployment('web', 0, undefined)
  await client.patch(deployments, namespace, 'web', { type: 'merge', body: { spec: { replicas: before } } })
  await makeAutoscaler(changes)
  const { status } = await look()
  expect([await replicas(), status?.currentMetrics ?? null]).toEqual([after, null])
  expect(told).toEqual([`Normal SuccessfulRescale ${message}`])
})

it('leaves alone what somebody has scaled to zero', async () => {
  await makeDeployment('web', 0, undefined)
  await makeAutoscaler()
  const { conditions, status } = await look()
  expect(await replicas()).toBe(0)
  expect(conditions).toEqual({ AbleToScale: 'True SucceededGetScale', ScalingActive: 'False ScalingDisabled' })
  expect(status?.desiredReplicas).toBe(0)
})

it.each([
  [{ apiVersion: 'apps/v1', kind: 'Foo', name: 'x' }, 'no matches for kind "Foo" in group "apps"'],
  [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' }, 'deployments.apps "x" not found'],
  [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'x' }, 'the server could not find the requested resource'],
])('says of a target that it can not scale what is wrong: %j', async (scaleTargetRef, message) => {
  await makeAutoscaler({ scaleTargetRef })
  const { found, result } = await look()
  expect(found.status?.conditions).toMatchObject([
    {
      type: 'AbleToScale',
      status: 'False',
      reason: 'FailedGetScale',
      message: `the HPA controller was unable to get the target's current scale: ${message}`,
    },
  ])
  expect(told).toEqual([`Warning FailedGetScale ${message}`])
  expect(result).toEqual({ requeueAfter: 15_000 })
})

it('says which metric it has not, and scales nobody', async () => {
  await makeDeployment('web', 2, undefined)
  await makeAutoscaler()
  const { found, status, conditions } = await look()
  const why =
    'failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API'
  expect(found.status?.conditions?.[1]?.message).toBe(`the HPA was unable to compute the replica count: ${why}`)
  expect(conditions).toEqual({ AbleToScale: 'True SucceededGetScale', ScalingActive: 'False FailedGetResourceMetric' })
  expect(status).toMatchObject({ currentReplicas: 2, desiredReplicas: 0, currentMetrics: [{ type: '' }] })
  expect(told).toEqual([
    `Warning FailedGetResourceMetric ${why}`,
    `Warning FailedComputeMetricsReplicas invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${why}`,
  ])
})

it('lets no two autoscalers have the same pods', async () => {
  await makeDeployment('web', 2, 500)
  await makeAutoscaler()
  await look()
  await makeAutoscaler({}, 'other')
  const { conditions } = await look({ name: 'other' })
  expect(conditions.ScalingActive).toBe('False AmbiguousSelector')
  expect(told[0]).toBe(
    `Warning AmbiguousSelector pods by selector app=web are controlled by multiple HPAs: [${namespace}/other ${namespace}/web]`,
  )
  expect((await look()).conditions.ScalingActive).toBe('False AmbiguousSelector')
  await client.delete(horizontalPodAutoscalers, namespace, 'other')
  expect((await look()).conditions.ScalingActive).toBe('True ValidMetricFound')
})

it('says that the target could not be scaled', async () => {
  await makeDeployment('web', 2, 900)
  await makeAutoscaler()
  const as: Client = {
    ...client,
    update: async (resource, object, options) => {
      if (options?.subresource === 'scale') throw new ApiError('Forbidden', 'not today')
      return client.update(resource, object, options)
    },
  }
  const { conditions, status } = await look({ as })
  expect(conditions.AbleToScale).toBe('False FailedUpdateScale')
  expect(status).toMatchObject({ currentReplicas: 2, desiredReplicas: 0 })
  expect(status).not.toHaveProperty('lastScaleTime')
  expect(told).toEqual([
    'Warning FailedRescale New size: 4; reason: cpu resource utilization (percentage of request) above target; error: not today',
  ])
})

const serveMetrics = async (group: string, version: string) => {
  const name = `${version}.${group}`
  const spec = {
    group,
    version,
    groupPriorityMinimum: 100,
    versionPriority: 100,
    service: { namespace: 'x', name: 'x' },
    insecureSkipTLSVerify: true,
  }
  const existing = await client.get(apiServices, '', name).catch(() => undefined)
  const service = existing ?? (await client.create(apiServices, { metadata: { name }, spec } as never))
  const conditions = [{ type: 'Available', status: 'True' }]
  await client.update(apiServices, { ...service, status: { conditions } } as never, { subresource: 'status' })
}

const value = (amount: string, name = '') => ({ describedObject: { name }, timestamp: timestamp(nowMs), value: amount })
const selector = { matchLabels: { queue: 'worker' } }
const average = (averageValue: string) => ({ type: 'AverageValue', averageValue })

it.each<[string, NonNullable<V2HorizontalPodAutoscalerSpec['metrics']>[number], string, readonly string[], number, unknown]>([
  [
    'Pods',
    { type: 'Pods', pods: { metric: { name: 'qps', selector }, target: average('10') } },
    '/apis/custom.metrics.k8s.io/v1beta2/namespaces/NS/pods/*/qps?labelSelector=app%3Dweb&metricLabelSelector=queue%3Dworker',
    ['20', '30'],
    4,
    { pods: { metric: { name: 'qps', selector }, current: { averageValue: '25' } } },
  ],
  [
    'Object',
    {
      type: 'Object',
      object: {
        metric: { name: 'depth' },
        describedObject: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'main' },
        target: { type: 'Value', value: '100' },
      },
    },
    '/apis/custom.metrics.k8s.io/v1beta2/namespaces/NS/ingresses.networking.k8s.io/main/depth',
    ['150'],
    3,
    { object: { metric: { name: 'depth' }, current: { value: '150' } } },
  ],
  [
    'Object that is the namespace',
    {
      type: 'Object',
      object: {
        metric: { name: 'depth' },
        describedObject: { apiVersion: 'v1', kind: 'Namespace', name: 'any' },
        target: average('50'),
      },
    },
    '/apis/custom.metrics.k8s.io/v1beta2/namespaces/NS/metrics/depth',
    ['175'],
    4,
    { object: { current: { averageValue: '87500m' } } },
  ],
  [
    'External',
    { type: 'External', external: { metric: { name: 'jobs', selector }, target: average('10') } },
    '/apis/external.metrics.k8s.io/v1beta1/namespaces/NS/jobs?labelSelector=queue%3Dworker',
    ['11', '19'],
    3,
    { external: { metric: { name: 'jobs', selector }, current: { averageValue: '15' } } },
  ],
])('asks extension servers for metrics of the type %s as upstream does', async (_what, metric, url, values, expected, status) => {
  await serveMetrics('custom.metrics.k8s.io', 'v1beta2')
  await serveMetrics('external.metrics.k8s.io', 'v1beta1')
  await makeDeployment('web', 2, undefined)
  const names = [0, 1].map((index) => `${namespace}-web-${index}`)
  answer = (path) =>
    path.split('/').length > 4
      ? { status: 200, body: { items: values.map((one, index) => value(one, names[index])) } }
      : { status: 404, body: {} }
  await makeAutoscaler({ metrics: [metric] })
  const looked = await look()
  expect(asked.map((one) => one.replaceAll(namespace, 'NS'))).toContain(url)
  expect(looked.status?.currentMetrics?.[0]).toMatchObject(status as object)
  expect(looked.conditions.ScalingActive).toBe('True ValidMetricFound')
  expect(await replicas()).toBe(expected)
})

it.each([
  ['scales up by what it knows', 900, 4],
  ['scales nobody down', 100, 2],
])('of several metrics, one of which has failed, it %s', async (_what, milli, after) => {
  answer = () => ({ status: 500, body: { message: 'down' } })
  await serveMetrics('external.metrics.k8s.io', 'v1beta1')
  await makeDeployment('web', 2, milli)
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }
  await makeAutoscaler({ metrics: [{ type: 'External', external: { metric: { name: 'jobs' }, target: average('1') } }, cpu] })
  const { conditions } = await look()
  expect(await replicas()).toBe(after)
  expect(told[0]).toMatch(
    /^Warning FailedGetExternalMetric unable to get external metric test-\d+\/jobs\/nil: unable to fetch metrics/,
  )
  expect(conditions.ScalingActive).toBe(after > 2 ? 'True ValidMetricFound' : 'False FailedGetExternalMetric')
})

it('scales what a definition makes, and says when that tells no selector', async () => {
  const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' }
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
  const names = { plural: 'shops', singular: 'shop', kind: 'Shop', listKind: 'ShopList' }
  const versions = [{ name: 'v1', served: true, storage: true, schema, subresources: { scale, status: {} } }]
  const crd = await client.create(customResourceDefinitions, {
    metadata: { name: 'shops.example.com' },
    spec: { group: 'example.com', scope: 'Namespaced', names, versions },
  } as never)
  const conditions = ['NamesAccepted', 'Established'].map((type) => ({ type, status: 'True' }))
  const status = { acceptedNames: names, conditions, storedVersions: ['v1'] }
  await client.update(customResourceDefinitions, { ...crd, status } as never, { subresource: 'status' })
  const shops: Resource = { group: 'example.com', version: 'v1', resource: 'shops', kind: 'Shop', namespaced: true }
  await client.create(shops, { metadata: { namespace, name: 'one' }, spec: { replicas: 20 } } as never)
  await makeAutoscaler({ scaleTargetRef: { apiVersion: 'example.com/v1', kind: 'Shop', name: 'one' } })
  await look()
  expect(await client.get(shops, namespace, 'one')).toHaveProperty('spec.replicas', 10)
  const { conditions: found } = await look()
  expect(found.ScalingActive).toBe('False InvalidSelector')
  expect(told).toContain('Warning SelectorRequired selector is required')
})

it('has nothing left of one that is gone, and heeds no status but its spec', async () => {
  await makeDeployment('web', 2, 500)
  const before = await makeAutoscaler()
  const { found } = await look()
  const [watched] = controller.watches
  expect(watched!.keys(found, before, cache)).toEqual([])
  expect(watched!.keys({ ...found, spec: { ...found.spec, maxReplicas: 11 } } as never, found, cache)).toEqual([
    `${namespace}/web`,
  ])
  expect(watched!.keys(undefined, found, cache)).toEqual([`${namespace}/web`])
})
