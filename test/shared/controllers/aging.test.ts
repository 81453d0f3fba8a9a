import { afterAll, beforeAll, expect, it } from 'vitest'
import { deployments, ipAddresses, nodes, pods, serviceAccounts } from '../../../shared/resources/resource.ts'
import { allControllers, createMovableClock, startTestCluster, type TestCluster } from './environment.ts'

const clock = createMovableClock()
let cluster: TestCluster
beforeAll(async () => {
  const nodeLifecycle = { heartbeats: { all: async () => new Map() }, graceMs: Number.MAX_SAFE_INTEGER }
  cluster = await startTestCluster({ controllers: allControllers({ nodeLifecycle }), clock, scheduler: true })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
})
afterAll(() => cluster.stop())

it('ends the pods of a node that was removed', async () => {
  await cluster.addNode('gone')
  await cluster.client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'left', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i' }], nodeName: 'gone' },
  })
  await cluster.idle()
  clock.advance(60_000)
  await cluster.client.delete(nodes, '', 'gone')
  await cluster.until(() => !cluster.cache.get(pods, 'default', 'left'))
})

it('leaves a pod alone whose node may be about to register', async () => {
  await cluster.client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'early', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i' }], nodeName: 'not-yet' },
  })
  await cluster.idle()
  expect((await cluster.client.get(pods, 'default', 'early')).metadata.deletionTimestamp).toBeUndefined()
})

it('frees an address whose Service never came', async () => {
  const labels = { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io', 'ipaddress.kubernetes.io/ip-family': 'IPv4' }
  await cluster.client.create(ipAddresses, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name: '10.96.9.9', labels },
    spec: { parentRef: { group: '', resource: 'services', namespace: 'default', name: 'never' } },
  })
  await cluster.idle()
  clock.advance(61_000)
  await cluster.client.patch(ipAddresses, '', '10.96.9.9', {
    type: 'merge',
    body: { metadata: { annotations: { seen: 'again' } } },
  })
  await cluster.until(() => !cluster.cache.get(ipAddresses, '', '10.96.9.9'))
})

it('says that a rollout that does not move has passed its deadline, and that it goes on when it does', async () => {
  const labels = { app: 'stuck' }
  await cluster.client.create(deployments, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'stuck', namespace: 'default' },
    spec: {
      replicas: 1,
      progressDeadlineSeconds: 120,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  })
  const condition = (reason: string) =>
    cluster.cache.get(deployments, 'default', 'stuck')?.status?.conditions?.find((each) => each.reason === reason)
  await cluster.until(() => condition('ReplicaSetUpdated') ?? condition('NewReplicaSetCreated'))
  await cluster.idle()
  clock.advance(130_000)
  await cluster.client.patch(deployments, 'default', 'stuck', { type: 'merge', body: { metadata: { annotations: { a: 'b' } } } })
  const { status, message } = await cluster.until(() => condition('ProgressDeadlineExceeded'))
  expect(status).toBe('False')
  expect(message).toMatch(/^ReplicaSet "stuck-.*" has timed out progressing\.$/)
  await cluster.addNode('late')
  cluster.playKubelet()
  expect(await cluster.until(() => condition('NewReplicaSetAvailable'))).toMatchObject({ status: 'True' })
})

it('pauses, resumes, and scales the paused one in proportion', async () => {
  const labels = { app: 'paused' }
  const image = (name: string) => ({ spec: { template: { spec: { containers: [{ name: 'c', image: name }] } } } })
  const change = (body: unknown) => cluster.client.patch(deployments, 'default', 'paused', { type: 'strategic', body })
  const status = () => cluster.cache.get(deployments, 'default', 'paused')?.status
  await cluster.client.create(deployments, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'paused', namespace: 'default' },
    spec: {
      replicas: 2,
      minReadySeconds: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'one' }] } },
    },
  })
  await cluster.until(() => status()?.readyReplicas === 2)
  clock.advance(5000)
  await cluster.until(() => status()?.availableReplicas === 2)
  await change({ spec: { paused: true } })
  await cluster.until(() => status()?.conditions?.some(({ reason }) => reason === 'DeploymentPaused'))
  await change({ ...image('two'), metadata: {} })
  await change({ spec: { replicas: 3 } })
  await cluster.until(() => status()?.replicas === 3)
  expect(status()?.updatedReplicas ?? 0).toBe(0)
  await change({ spec: { paused: false } })
  const moving = setInterval(() => clock.advance(1000), 20)
  await cluster.until(() => status()?.updatedReplicas === 3 && status()?.availableReplicas === 3)
  clearInterval(moving)
})
