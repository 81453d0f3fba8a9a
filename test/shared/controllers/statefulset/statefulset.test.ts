import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  controllerRevisions,
  events,
  pods,
  type StatefulSet,
  serviceAccounts,
  statefulSets,
} from '../../../../shared/resources/resource.ts'
import { allControllers, startTestCluster, type TestCluster } from '../environment.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: allControllers(), scheduler: true })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
  await cluster.addNode('node-1')
  cluster.playKubelet()
})
afterAll(() => cluster.stop())

const labels = { app: 'db' }
const create = (spec: Partial<StatefulSet['spec']> = {}): Promise<StatefulSet> =>
  cluster.client.create(statefulSets, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      replicas: 3,
      serviceName: 'db',
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'one' }] } },
      ...spec,
    },
  })
const status = () => cluster.cache.get(statefulSets, 'default', 'db')?.status

it('makes its pods one after the other, with names of their own', async () => {
  await create()
  await cluster.until(() => status()?.readyReplicas === 3)
  const made = cluster.cache.list(pods, 'default').sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  expect(made.map(({ metadata }) => metadata.name)).toEqual(['db-0', 'db-1', 'db-2'])
  const [revision] = cluster.cache.list(controllerRevisions, 'default')
  expect(made[1]).toMatchObject({
    metadata: {
      generateName: 'db-',
      labels: {
        app: 'db',
        'apps.kubernetes.io/pod-index': '1',
        'statefulset.kubernetes.io/pod-name': 'db-1',
        'controller-revision-hash': revision?.metadata.name,
      },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', controller: true, blockOwnerDeletion: true }],
    },
    spec: { hostname: 'db-1', subdomain: 'db' },
  })
  expect(await cluster.until(() => (status()?.currentReplicas === 3 ? status() : undefined))).toEqual({
    observedGeneration: 1,
    replicas: 3,
    readyReplicas: 3,
    currentReplicas: 3,
    updatedReplicas: 3,
    availableReplicas: 3,
    currentRevision: revision?.metadata.name,
    updateRevision: revision?.metadata.name,
    collisionCount: 0,
  })
  const event = await cluster.until(() =>
    cluster.cache.list(events, 'default').find(({ reason }) => reason === 'SuccessfulCreate'),
  )
  expect(event).toMatchObject({
    message: 'Create Pod db-0 in StatefulSet db successful',
    source: { component: 'statefulset-controller' },
  })
})
