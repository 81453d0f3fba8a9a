import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  deployments,
  endpointSlices,
  endpoints,
  events,
  namespaces,
  pods,
  replicaSets,
  serviceAccounts,
  services,
} from '../../../shared/resources/resource.ts'
import { allControllers, allResources, startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: allControllers(), scheduler: true })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
  await cluster.addNode('node-1')
  await cluster.addNode('node-2')
  cluster.playKubelet()
})
afterAll(() => cluster.stop())

const labels = { app: 'orders' }
const template = (image: string) => ({ metadata: { labels }, spec: { containers: [{ name: 'orders', image }] } })

describe('a Deployment', () => {
  it('runs its pods and is behind its Service', async () => {
    const { client, cache, until } = cluster
    await client.create(services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'orders', namespace: 'default' },
      spec: { selector: labels, clusterIP: '10.96.0.20', ports: [{ port: 80, targetPort: 8080 }] },
    })
    await client.create(deployments, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'orders', namespace: 'default' },
      spec: { replicas: 3, selector: { matchLabels: labels }, template: template('orders:1') },
    })
    const deployment = await until(() => {
      const found = cache.get(deployments, 'default', 'orders')
      return (
        found?.status?.availableReplicas === 3 &&
        found.status.conditions?.some(({ reason }) => reason === 'NewReplicaSetAvailable') &&
        found
      )
    })
    expect(deployment.status).toMatchObject({ replicas: 3, updatedReplicas: 3, readyReplicas: 3, observedGeneration: 1 })
    expect(deployment.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '1' })
    const slice = await until(() =>
      cache
        .list(endpointSlices, 'default')
        .find(({ endpoints }) => endpoints?.filter(({ conditions }) => conditions?.ready).length === 3),
    )
    expect(slice.ports).toEqual([{ name: '', port: 8080, protocol: 'TCP' }])
    const old = await until(() =>
      cache.get(endpoints, 'default', 'orders')?.subsets?.find(({ addresses = [] }) => addresses.length === 3),
    )
    expect(old.ports).toEqual([{ port: 8080, protocol: 'TCP' }])
  })

  it('rolls a new image out, keeps the old ReplicaSet and says so in Events', async () => {
    const { client, cache, until } = cluster
    const current = await client.get(deployments, 'default', 'orders')
    await client.update(deployments, { ...current, spec: { ...current.spec, template: template('orders:2') } })
    await until(() => {
      const { metadata, status } = cache.get(deployments, 'default', 'orders')!
      return (
        status?.observedGeneration === metadata.generation &&
        status?.updatedReplicas === 3 &&
        status.replicas === 3 &&
        status.availableReplicas === 3
      )
    })
    const sets = cache.list(replicaSets, 'default').sort((a, b) => (a.spec.replicas ?? 0) - (b.spec.replicas ?? 0))
    expect(sets.map(({ spec }) => spec.replicas)).toEqual([0, 3])
    expect(sets.map(({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision'])).toEqual(['1', '2'])
    await until(() => cache.list(pods, 'default').length === 3)
    expect(cache.list(pods, 'default').every(({ spec }) => spec.containers[0]?.image === 'orders:2')).toBe(true)
    const messages = await until(() => {
      const found = cache.list(events, 'default').filter(({ reason }) => reason === 'ScalingReplicaSet')
      return found.length >= 7 && found.map(({ message }) => message)
    })
    const [oldName, newName] = sets.map(({ metadata }) => metadata.name)
    expect(messages).toContain(`Scaled up replica set ${oldName} from 0 to 3`)
    expect(messages).toContain(`Scaled down replica set ${oldName} from 1 to 0`)
    expect(messages).toContain(`Scaled up replica set ${newName} from 0 to 1`)
  })

  it('goes back to an earlier template with a new revision', async () => {
    const { client, cache, until } = cluster
    const current = await client.get(deployments, 'default', 'orders')
    await client.update(deployments, { ...current, spec: { ...current.spec, template: template('orders:1') } })
    const back = await until(() =>
      cache
        .list(replicaSets, 'default')
        .find(({ spec, status }) => spec.template?.spec?.containers[0]?.image === 'orders:1' && status?.availableReplicas === 3),
    )
    expect(back.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
    })
    expect(cache.list(replicaSets, 'default')).toHaveLength(2)
  })

  it('replaces a deleted pod', async () => {
    const { client, cache, until } = cluster
    await until(() => cache.list(pods, 'default').length === 3)
    const [victim] = cache.list(pods, 'default')
    await client.delete(pods, 'default', victim!.metadata.name)
    await until(() => {
      const now = cache.list(pods, 'default')
      return now.length === 3 && now.every(({ metadata }) => metadata.uid !== victim!.metadata.uid)
    })
  })
})

it('empties a namespace and lets it go', async () => {
  const { client, cache, until } = cluster
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  await until(() => cache.get(serviceAccounts, 'shop', 'default'))
  await client.create(deployments, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: template('web:1') },
  })
  await until(() => cache.get(deployments, 'shop', 'web')?.status?.availableReplicas === 2)
  await client.delete(namespaces, '', 'shop')
  await until(() => !cache.get(namespaces, '', 'shop'))
  for (const resource of allResources)
    if (resource.namespaced) expect(cache.list(resource, 'shop'), resource.resource).toEqual([])
})
