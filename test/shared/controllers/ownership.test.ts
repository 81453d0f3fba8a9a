import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claim } from '../../../shared/controllers/claim.ts'
import { byController, orphansOf } from '../../../shared/controllers/owner.ts'
import { labelSelectorMatcher } from '../../../shared/meta/label-selector.ts'
import {
  configMaps,
  endpointSlices,
  events,
  namespaces,
  pods,
  replicaSets,
  serviceAccounts,
  services,
} from '../../../shared/resources/resource.ts'
import { allControllers, startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: allControllers() })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
})
afterAll(() => cluster.stop())

const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
const addSet = (name: string, replicas: number) =>
  cluster.client.create(replicaSets, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, namespace: 'default' },
    spec: { replicas, selector: { matchLabels: { app: 'a' } }, template },
  })
const ownedBy = (uid: string | undefined) =>
  cluster.cache.list(pods, 'default').filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid))

describe('a ReplicaSet', () => {
  it('adopts the pods that it would have made, and makes the rest', async () => {
    await cluster.client.create(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'stray', namespace: 'default', ...template.metadata },
      spec: template.spec,
    })
    const { metadata } = await addSet('web', 2)
    await cluster.until(() => ownedBy(metadata.uid).length === 2)
    expect(ownedBy(metadata.uid).map((pod) => pod.metadata.name)).toContain('stray')
    const { status } = await cluster.until(() => {
      const now = cluster.cache.get(replicaSets, 'default', 'web')
      return now?.status?.replicas === 2 ? now : undefined
    })
    expect(status).toEqual({ replicas: 2, fullyLabeledReplicas: 2, terminatingReplicas: 0, observedGeneration: 1 })
  })

  it('lets a pod go whose labels no longer match, and replaces it', async () => {
    const { metadata } = cluster.cache.get(replicaSets, 'default', 'web')!
    await cluster.client.patch(pods, 'default', 'stray', { type: 'merge', body: { metadata: { labels: { app: 'debug' } } } })
    const stray = await cluster.until(() => {
      const now = cluster.cache.get(pods, 'default', 'stray')
      return now && !now.metadata.ownerReferences?.length ? now : undefined
    })
    expect(stray.metadata.deletionTimestamp).toBeUndefined()
    await cluster.until(() => ownedBy(metadata.uid).length === 2)
  })

  it('keeps a pod that has ended, whatever its labels', async () => {
    const { metadata } = cluster.cache.get(replicaSets, 'default', 'web')!
    const [ended] = ownedBy(metadata.uid)
    const { name } = ended!.metadata
    await cluster.client.patch(
      pods,
      'default',
      name,
      { type: 'merge', body: { status: { phase: 'Failed' } } },
      { subresource: 'status' },
    )
    await cluster.until(() => ownedBy(metadata.uid).length === 3)
    await cluster.client.patch(pods, 'default', name, { type: 'merge', body: { metadata: { labels: { app: 'debug' } } } })
    await cluster.client.patch(replicaSets, 'default', 'web', { type: 'merge', body: { spec: { replicas: 3 } } })
    await cluster.until(() => cluster.cache.get(replicaSets, 'default', 'web')?.status?.replicas === 3)
    expect((await cluster.client.get(pods, 'default', name)).metadata.ownerReferences).toHaveLength(1)
    await cluster.client.delete(pods, 'default', name)
  })

  it('says in Events what it made and deleted, and on itself what it could not make', async () => {
    await cluster.client.patch(replicaSets, 'default', 'web', { type: 'merge', body: { spec: { replicas: 0 } } })
    const reasons = () =>
      cluster.cache
        .list(events, 'default')
        .filter(({ involvedObject }) => involvedObject.name === 'web')
        .map(({ reason }) => reason)
    await cluster.until(() => reasons().includes('SuccessfulDelete') && reasons().includes('SuccessfulCreate'))
    const spec = { ...template.spec, serviceAccountName: 'nobody' }
    await cluster.client.create(replicaSets, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'refused', namespace: 'default' },
      spec: { replicas: 3, selector: { matchLabels: { app: 'b' } }, template: { metadata: { labels: { app: 'b' } }, spec } },
    })
    const condition = await cluster.until(() => cluster.cache.get(replicaSets, 'default', 'refused')?.status?.conditions?.[0])
    expect(condition).toMatchObject({ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' })
    expect(condition.message).toMatch(/serviceaccount "nobody" not found/)
    await cluster.client.delete(replicaSets, 'default', 'refused')
  })
})

it('a namespace says what still holds it, and goes when nothing does', async () => {
  await cluster.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'held' } })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'held', 'default'))
  const metadata = { name: 'kept', namespace: 'held', finalizers: ['example.com/keep'] }
  await cluster.client.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata })
  await cluster.client.delete(namespaces, '', 'held')
  const conditions = await cluster.until(() => cluster.cache.get(namespaces, '', 'held')?.status?.conditions)
  const message = (type: string) => conditions.find((condition) => condition.type === type)?.message
  expect(message('NamespaceContentRemaining')).toBe('Some resources are remaining: configmaps. has 1 resource instances')
  expect(message('NamespaceFinalizersRemaining')).toBe(
    'Some content in the namespace has finalizers remaining: example.com/keep in 1 resource instances',
  )
  expect(message('NamespaceDeletionContentFailure')).toBe('All content successfully deleted, may be waiting on finalization')
  await cluster.client.patch(configMaps, 'held', 'kept', { type: 'merge', body: { metadata: { finalizers: null } } })
  await cluster.until(() => !cluster.cache.get(namespaces, '', 'held'))
})

describe('what has no owner', () => {
  const orphan = (name: string, app: string) =>
    ({ metadata: { name, namespace: 'default', labels: { app } }, spec: template.spec }) as never

  it.each([
    { what: 'is being deleted and leaves its pods', change: 'delete' },
    { what: 'was deleted', change: 'remove' },
    { what: 'was made anew', change: 'replace' },
  ])('is not adopted by a ReplicaSet that $what, which its cache does not show yet', async ({ change }) => {
    const quiet = await startTestCluster({ controllers: [] })
    try {
      const set = {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'web', namespace: 'default', finalizers: change === 'delete' ? ['example.com/keep'] : [] },
        spec: { replicas: 1, selector: { matchLabels: { app: 'a' } }, template },
      }
      await quiet.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } })
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } }
      await quiet.client.create(serviceAccounts, account)
      const before = await quiet.client.create(replicaSets, set)
      const pod = await quiet.client.create(pods, orphan('left', 'a'))
      await quiet.cache.sync()
      await quiet.client.delete(replicaSets, 'default', 'web', { propagationPolicy: 'Background' })
      if (change === 'replace') await quiet.client.create(replicaSets, set)
      const index = byController(pods)
      const cache = { byIndex: (_: unknown, value: string) => (value === orphansOf('default') ? [pod] : []) } as never
      const selector = labelSelectorMatcher({ matchLabels: { app: 'a' } })
      const claimed = await claim({ client: quiet.client, cache, owner: before, ownerResource: replicaSets, index, selector })
      expect(claimed).toEqual([])
      expect((await quiet.client.get(pods, 'default', 'left')).metadata.ownerReferences).toBeUndefined()
    } finally {
      await quiet.stop()
    }
  })
})

it('a Service has its endpoints in slices that stay, not in one that somebody keeps from going', async () => {
  const selector = { app: 'sliced' }
  await cluster.addNode('n')
  await cluster.client.create(services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'sliced', namespace: 'default' },
    spec: { selector, ports: [{ port: 80 }] },
  } as never)
  const slices = () =>
    cluster.cache
      .list(endpointSlices, 'default')
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'sliced')
  const [first] = await cluster.until(() => (slices().length === 1 ? slices() : undefined))
  const finalizers = { metadata: { finalizers: ['example.com/keep'] } }
  await cluster.client.patch(endpointSlices, 'default', first!.metadata.name, { type: 'merge', body: finalizers })
  await cluster.client.delete(endpointSlices, 'default', first!.metadata.name)
  const [, second] = await cluster.until(() => (slices().length === 2 ? slices() : undefined))
  expect([first!.metadata.name, second!.metadata.name].toSorted()).toEqual(
    slices()
      .map(({ metadata }) => metadata.name)
      .toSorted(),
  )
  const body = { metadata: { finalizers: null } }
  await cluster.client.patch(endpointSlices, 'default', first!.metadata.name, { type: 'merge', body })
  await cluster.until(() => slices().length === 1)
})
