import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  events,
  pods,
  type ReplicationController,
  replicationControllers,
  serviceAccounts,
} from '../../../shared/resources/resource.ts'
import { allControllers, startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: allControllers() })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
  await cluster.addNode('n')
  cluster.playKubelet()
})
afterAll(() => cluster.stop())

const labels = { app: 'old' }
const template = { metadata: { labels }, spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] } }
const active = (uid: string | undefined) =>
  cluster.cache
    .list(pods, 'default')
    .filter(({ metadata }) => !metadata.deletionTimestamp && metadata.ownerReferences?.some((owner) => owner.uid === uid))
const settled = (replicas: number) =>
  cluster.until(() => {
    const { status, metadata } = cluster.cache.get(replicationControllers, 'default', 'old') ?? {}
    const done = status?.observedGeneration === metadata?.generation && (status?.readyReplicas ?? 0) === replicas
    return done && status?.replicas === replicas ? status : undefined
  })
const create = (replicas: number): Promise<ReplicationController> =>
  cluster.client.create(replicationControllers, {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'old', namespace: 'default' },
    spec: { replicas, selector: labels, template },
  })

it('keeps as many pods as a ReplicationController wants, an orphan among them', async () => {
  await cluster.client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'stray', namespace: 'default', labels },
    spec: template.spec,
  })
  const { metadata } = await create(3)
  expect(await settled(3)).toEqual({
    replicas: 3,
    fullyLabeledReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    observedGeneration: 1,
  })
  expect(active(metadata.uid).map((pod) => pod.metadata.name)).toContain('stray')
  expect(active(metadata.uid)[0]?.metadata.ownerReferences).toEqual([
    {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      name: 'old',
      uid: metadata.uid,
      controller: true,
      blockOwnerDeletion: true,
    },
  ])
  const made = await cluster.until(() =>
    cluster.cache.list(events, 'default').find(({ reason }) => reason === 'SuccessfulCreate'),
  )
  expect(made).toMatchObject({
    involvedObject: { kind: 'ReplicationController' },
    source: { component: 'replication-controller' },
  })
})

it('makes another when one goes, and takes some when fewer are wanted', async () => {
  const { metadata } = cluster.cache.get(replicationControllers, 'default', 'old')!
  const [lost] = active(metadata.uid)
  await cluster.client.delete(pods, 'default', lost!.metadata.name)
  await cluster.until(() => active(metadata.uid).every((pod) => pod.metadata.uid !== lost!.metadata.uid))
  await settled(3)
  await cluster.client.patch(replicationControllers, 'default', 'old', { type: 'merge', body: { spec: { replicas: 1 } } })
  await settled(1)
  expect(active(metadata.uid)).toHaveLength(1)
})

it('leaves its pods to their fate when it is deleted as by default, and finds them again', async () => {
  const [kept] = active(cluster.cache.get(replicationControllers, 'default', 'old')!.metadata.uid)
  await cluster.client.delete(replicationControllers, 'default', 'old')
  const orphan = await cluster.until(() => {
    const pod = cluster.cache.get(pods, 'default', kept!.metadata.name)
    return pod && !pod.metadata.ownerReferences?.length ? pod : undefined
  })
  expect(orphan.metadata.deletionTimestamp).toBeUndefined()
  await cluster.until(() => !cluster.cache.get(replicationControllers, 'default', 'old'))
  const { metadata } = await create(1)
  await settled(1)
  expect(active(metadata.uid).map((pod) => pod.metadata.uid)).toEqual([kept!.metadata.uid])
})
