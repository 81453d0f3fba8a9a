import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../../shared/client/client.ts'
import { ApiError } from '../../../../shared/meta/status.ts'
import type { PodDisruptionBudgetSpec } from '../../../../shared/resources/generated/types.ts'
import {
  deployments,
  jobs,
  type Pod,
  type PodDisruptionBudget,
  podDisruptionBudgets,
  pods,
  replicaSets,
  serviceAccounts,
} from '../../../../shared/resources/resource.ts'
import { allControllers, createMovableClock, startTestCluster, type TestCluster } from '../environment.ts'

const clock = createMovableClock()
let cluster: TestCluster
/** apps whose pods are not ready */
const sick = new Set<string>()
const appOf = (pod: Pod) => pod.metadata.labels?.app ?? ''
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: allControllers(), clock })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
  await cluster.addNode('n')
  cluster.playKubelet({ ready: (pod) => !sick.has(appOf(pod)), runs: (pod) => appOf(pod) !== 'unseen' })
})
afterAll(() => cluster.stop())

const template = (app: string) => ({
  metadata: { labels: { app } },
  spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
})
const replicas = (app: string, count: number) =>
  cluster.client.create(replicaSets, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: app, namespace: 'default' },
    spec: { replicas: count, selector: { matchLabels: { app } }, template: template(app) },
  })
const budget = (app: string, spec: PodDisruptionBudgetSpec, name = app): Promise<PodDisruptionBudget> =>
  cluster.client.create(podDisruptionBudgets, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'default' },
    spec: { selector: { matchLabels: { app } }, ...spec },
  })
const statusOf = (name: string) => cluster.cache.get(podDisruptionBudgets, 'default', name)?.status
const podsOf = (app: string) => cluster.cache.list(pods, 'default').filter((pod) => appOf(pod) === app)
const settled = (name: string, wanted: Record<string, unknown>) =>
  cluster.until(() => {
    const status = statusOf(name) as Record<string, unknown> | undefined
    return Object.entries(wanted).every(([field, value]) => status?.[field] === value) && statusOf(name)
  })
const evict = async (
  { metadata }: Pod,
  { dryRun = false, client = cluster.client }: { dryRun?: boolean; client?: Client } = {},
) => {
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: metadata.name, namespace: 'default' },
    ...(dryRun && { deleteOptions: { dryRun: ['All'] } }),
  }
  try {
    return { status: await client.createSubresource(pods, 'default', metadata.name, 'eviction', body) }
  } catch (error) {
    if (error instanceof ApiError) return { error }
    throw error
  }
}

describe('a budget counts', () => {
  it.each<
    [string, number, PodDisruptionBudgetSpec, { expectedPods: number; desiredHealthy: number; disruptionsAllowed: number }]
  >([
    ['a-number-left', 3, { minAvailable: 2 }, { expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 1 }],
    ['a-share-left', 3, { minAvailable: '50%' }, { expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 1 }],
    ['a-number-out', 3, { maxUnavailable: 1 }, { expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 1 }],
    ['a-share-out', 3, { maxUnavailable: '10%' }, { expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 1 }],
    ['more-than-all', 2, { maxUnavailable: 5 }, { expectedPods: 2, desiredHealthy: 0, disruptionsAllowed: 2 }],
    ['all-left', 2, { minAvailable: '100%' }, { expectedPods: 2, desiredHealthy: 2, disruptionsAllowed: 0 }],
    ['none', 0, { minAvailable: 1 }, { expectedPods: 0, desiredHealthy: 1, disruptionsAllowed: 0 }],
  ])('%s of %i', async (name, count, spec, wanted) => {
    await replicas(name, count)
    await budget(name, spec)
    const status = await settled(name, { ...wanted, currentHealthy: count, observedGeneration: 1 })
    const isAllowed = wanted.disruptionsAllowed > 0
    expect(status.conditions).toMatchObject([
      {
        type: 'DisruptionAllowed',
        status: isAllowed ? 'True' : 'False',
        reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
        message: '',
        observedGeneration: 1,
      },
    ])
  })

  it('what the Deployment of a ReplicaSet wants, not each of its ReplicaSets', async () => {
    await cluster.client.create(deployments, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'rolled', namespace: 'default' },
      spec: { replicas: 4, selector: { matchLabels: { app: 'rolled' } }, template: template('rolled') },
    })
    await budget('rolled', { maxUnavailable: '25%' })
    await settled('rolled', { expectedPods: 4, desiredHealthy: 3, disruptionsAllowed: 1 })
  })

  it('nothing where an owner does not tell how many there are to be, and allows none', async () => {
    await cluster.client.create(jobs, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'work', namespace: 'default' },
      spec: { template: { ...template('work'), spec: { ...template('work').spec, restartPolicy: 'Never' } } },
    })
    await budget('work', { maxUnavailable: 1 })
    const status = await cluster.until(() => statusOf('work')?.conditions?.[0]?.reason === 'SyncFailed' && statusOf('work'))
    expect(status.conditions?.[0]?.message).toBe('jobs.batch does not implement the scale subresource')
    expect(status.disruptionsAllowed).toBe(0)
    const { error } = await evict(podsOf('work')[0]!)
    expect(error?.code).toBe(429)
  })
})

describe('an eviction', () => {
  it('is refused when the budget has none left, and says why', async () => {
    await replicas('tight', 2)
    await budget('tight', { minAvailable: 2 })
    await settled('tight', { currentHealthy: 2 })
    const { error } = await evict(podsOf('tight')[0]!)
    expect(error?.toStatus()).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      reason: 'TooManyRequests',
      code: 429,
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: {
        causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget tight needs 2 healthy pods and has 2 currently' }],
      },
    })
  })

  it('takes a disruption that no other one takes: of many at once as many pass as may', async () => {
    await replicas('crowd', 6)
    await budget('crowd', { maxUnavailable: 2 })
    await settled('crowd', { currentHealthy: 6, disruptionsAllowed: 2 })
    // What was evicted is not replaced in between.
    sick.add('crowd')
    const results = await Promise.all(podsOf('crowd').map((pod) => evict(pod)))
    const codes = results.map(({ error }) => error?.code ?? 201)
    expect(codes.filter((code) => code === 201)).toHaveLength(2)
    expect(codes.filter((code) => code === 429)).toHaveLength(4)
    sick.delete('crowd')
  })

  it('that is tried only takes nothing', async () => {
    await replicas('trial', 2)
    await budget('trial', { maxUnavailable: 1 })
    await settled('trial', { currentHealthy: 2, disruptionsAllowed: 1 })
    const before = cluster.cache.get(podDisruptionBudgets, 'default', 'trial')?.metadata.resourceVersion
    for (const pod of podsOf('trial')) expect((await evict(pod, { dryRun: true })).error).toBeUndefined()
    await cluster.cache.sync()
    expect(cluster.cache.get(podDisruptionBudgets, 'default', 'trial')?.metadata.resourceVersion).toBe(before)
    expect(podsOf('trial').every(({ metadata }) => !metadata.deletionTimestamp)).toBe(true)
  })

  it('is refused for a pod of several budgets', async () => {
    await replicas('torn', 2)
    await budget('torn', { maxUnavailable: 1 })
    await budget('torn', { maxUnavailable: 2 }, 'torn-too')
    await settled('torn', { currentHealthy: 2 })
    await settled('torn-too', { currentHealthy: 2 })
    const { status } = await evict(podsOf('torn')[0]!)
    expect(status).toMatchObject({
      status: 'Failure',
      code: 500,
      message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    })
    expect(podsOf('torn').every(({ metadata }) => !metadata.deletionTimestamp)).toBe(true)
  })

  it.each([
    ['AlwaysAllow', undefined],
    ['IfHealthyBudget', 429],
  ])('of an unhealthy pod where too few are healthy, by %s: %s', async (unhealthyPodEvictionPolicy, code) => {
    const app = `sick-${unhealthyPodEvictionPolicy.toLowerCase()}`
    sick.add(app)
    await replicas(app, 2)
    await budget(app, { minAvailable: 1, unhealthyPodEvictionPolicy })
    await settled(app, { currentHealthy: 0, expectedPods: 2 })
    await cluster.until(() => podsOf(app).every(({ status }) => status?.phase === 'Running'))
    expect((await evict(podsOf(app)[0]!)).error?.code).toBe(code)
  })

  it('of a pod that has not begun needs no budget', async () => {
    await replicas('unseen', 1)
    await budget('unseen', { minAvailable: 1 })
    await settled('unseen', { currentHealthy: 0, expectedPods: 1 })
    const [pod] = podsOf('unseen')
    expect((await evict(pod!)).error).toBeUndefined()
    expect(statusOf('unseen')?.disruptedPods).toBeUndefined()
  })

  it('is asked to come again as long as a new budget is not counted', async () => {
    await replicas('fresh', 1)
    await cluster.until(() => podsOf('fresh')[0]?.status?.phase === 'Running')
    await budget('fresh', { minAvailable: 0 })
    await settled('fresh', { disruptionsAllowed: 1 })
    const body = { spec: { minAvailable: 1 }, status: null }
    await cluster.client.patch(podDisruptionBudgets, 'default', 'fresh', { type: 'merge', body })
    const [pod] = podsOf('fresh')
    const { error } = await evict(pod!)
    // Either way it has not become a disruption.
    expect(error?.code).toBe(429)
  })
})

it('what a pod says of its leaving is taken back when it stays', async () => {
  await replicas('stays', 1)
  const [pod] = await cluster.until(() => podsOf('stays')[0]?.status?.phase === 'Running' && podsOf('stays'))
  const { name } = pod!.metadata
  const condition = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message: 'x' }
  const lastTransitionTime = new Date(clock.now() - 119_000).toISOString().replace(/\.\d+/, '')
  await cluster.client.patch(
    pods,
    'default',
    name,
    { type: 'strategic', body: { status: { conditions: [{ ...condition, lastTransitionTime }] } } },
    { subresource: 'status' },
  )
  await cluster.until(() =>
    cluster.cache
      .get(pods, 'default', name)
      ?.status?.conditions?.some(({ type, status, reason }) => type === 'DisruptionTarget' && status === 'False' && !reason),
  )
})
