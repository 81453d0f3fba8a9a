import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configMaps, deployments, pods, replicaSets, serviceAccounts } from '../../../shared/resources/resource.ts'
import { allControllers, startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: allControllers(), scheduler: true })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
  await cluster.addNode('node-1')
  cluster.playKubelet()
})
afterAll(() => cluster.stop())

const configMap = (name: string, owner?: { name: string; uid: string | undefined; block?: boolean }, finalizers?: string[]) =>
  cluster.client.create(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace: 'default',
      finalizers,
      ownerReferences: owner && [
        { apiVersion: 'v1', kind: 'ConfigMap', name: owner.name, uid: owner.uid ?? '', blockOwnerDeletion: owner.block ?? false },
      ],
    },
  })
const found = (name: string) => cluster.cache.get(configMaps, 'default', name)
const run = async (name: string) => {
  const labels = { app: name }
  await cluster.client.create(deployments, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  })
  await cluster.until(() => cluster.cache.get(deployments, 'default', name)?.status?.availableReplicas === 2)
}
const ofApp = (name: string) => ({
  sets: cluster.cache.list(replicaSets, 'default').filter(({ metadata }) => metadata.labels?.app === name),
  pods: cluster.cache.list(pods, 'default').filter(({ metadata }) => metadata.labels?.app === name),
})

describe('deleting an owner', () => {
  it('takes its dependents with it, however deep', async () => {
    await run('background')
    await cluster.client.delete(deployments, 'default', 'background')
    expect(await cluster.until(() => ofApp('background').sets.length + ofApp('background').pods.length === 0)).toBe(true)
  })

  it('in the foreground waits for the dependents', async () => {
    await run('foreground')
    await cluster.client.delete(deployments, 'default', 'foreground', { propagationPolicy: 'Foreground' })
    await cluster.until(() => !cluster.cache.get(deployments, 'default', 'foreground'))
    expect(ofApp('foreground')).toEqual({ sets: [], pods: [] })
  })

  it('in the foreground is held by a blocking dependent with a finalizer, and by no other', async () => {
    const owner = await configMap('holder')
    await configMap('blocking', { name: 'holder', uid: owner.metadata.uid, block: true }, ['example.com/hold'])
    await configMap('other', { name: 'holder', uid: owner.metadata.uid })
    await cluster.client.delete(configMaps, 'default', 'holder', { propagationPolicy: 'Foreground' })
    await cluster.until(() => found('blocking')?.metadata.deletionTimestamp)
    await cluster.idle()
    expect(found('holder')?.metadata.finalizers).toEqual(['foregroundDeletion'])
    await cluster.client.patch(configMaps, 'default', 'blocking', { type: 'merge', body: { metadata: { finalizers: null } } })
    await cluster.until(() => !found('holder') && !found('blocking') && !found('other'))
  })

  it('can leave the dependents behind', async () => {
    await run('orphan')
    await cluster.client.delete(deployments, 'default', 'orphan', { propagationPolicy: 'Orphan' })
    await cluster.until(() => !cluster.cache.get(deployments, 'default', 'orphan'))
    await cluster.idle()
    expect(ofApp('orphan').sets.map(({ metadata }) => metadata.ownerReferences ?? [])).toEqual([[]])
    expect(ofApp('orphan').pods).toHaveLength(2)
  })
})

describe('an object', () => {
  it('goes when its owner never was, or was another of the name', async () => {
    const other = await configMap('same-name')
    await configMap('no-owner', { name: 'never-was', uid: 'a0000000-0000-0000-0000-000000000000' })
    await configMap('old-owner', { name: 'same-name', uid: 'b0000000-0000-0000-0000-000000000000' })
    await configMap('good-owner', { name: 'same-name', uid: other.metadata.uid })
    await cluster.until(() => !found('no-owner') && !found('old-owner'))
    await cluster.idle()
    expect(found('good-owner')).toBeDefined()
  })

  it('with one owner left only loses the reference to the others', async () => {
    const [first, second] = [await configMap('first'), await configMap('second')]
    const reference = ({ metadata }: typeof first) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: metadata.name,
      uid: metadata.uid ?? '',
    })
    await cluster.client.create(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'shared', namespace: 'default', ownerReferences: [reference(first), reference(second)] },
    })
    await cluster.client.delete(configMaps, 'default', 'first')
    const shared = await cluster.until(() =>
      found('shared')?.metadata.ownerReferences?.length === 1 ? found('shared') : undefined,
    )
    expect(shared.metadata.ownerReferences).toEqual([reference(second)])
  })
})
