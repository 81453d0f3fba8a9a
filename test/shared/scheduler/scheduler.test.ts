import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { events, type Pod, pods, serviceAccounts } from '../../../shared/resources/resource.ts'
import { allControllers, startTestCluster, type TestCluster } from '../controllers/environment.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: allControllers(), scheduler: true })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
})
afterAll(() => cluster.stop())

const add = (name: string, spec: Partial<Pod['spec']> = {}, cpu = '1') =>
  cluster.client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu } } }], ...spec },
  })
const pod = (name: string) => cluster.cache.get(pods, 'default', name)
const scheduled = (name: string) => pod(name)?.status?.conditions?.find(({ type }) => type === 'PodScheduled')
const eventOf = (name: string, reason: string) =>
  cluster.cache.list(events, 'default').find((event) => event.involvedObject.name === name && event.reason === reason)

describe('the scheduler', () => {
  it('says why a pod has no node, and places it once there is one', async () => {
    await add('early')
    const condition = await cluster.until(() => scheduled('early'))
    expect(condition).toMatchObject({ status: 'False', reason: 'Unschedulable', message: 'no nodes available to schedule pods' })
    await cluster.addNode('node-1', { allocatable: { cpu: '2' } })
    await cluster.until(() => pod('early')?.spec.nodeName === 'node-1')
    expect(scheduled('early')).toMatchObject({ status: 'True' })
    const { message, source } = await cluster.until(() => eventOf('early', 'Scheduled'))
    expect({ message, source }).toEqual({
      message: 'Successfully assigned default/early to node-1',
      source: { component: 'default-scheduler' },
    })
  })

  it('places a pod that waited for room when another goes', async () => {
    await add('too-much', {}, '1500m')
    const { message } = await cluster.until(() => eventOf('too-much', 'FailedScheduling'))
    expect(message).toMatch(/^0\/1 nodes are available: 1 Insufficient cpu\. /)
    await cluster.client.delete(pods, 'default', 'early', { gracePeriodSeconds: 0 })
    await cluster.until(() => pod('too-much')?.spec.nodeName)
  })

  it('leaves pods alone that have gates or another scheduler', async () => {
    await add('gated', { schedulingGates: [{ name: 'example.com/wait' }] }, '10m')
    await add('foreign', { schedulerName: 'other' }, '10m')
    await add('ours', {}, '10m')
    await cluster.until(() => pod('ours')?.spec.nodeName)
    expect([pod('gated')?.spec.nodeName, pod('foreign')?.spec.nodeName]).toEqual([undefined, undefined])
    await cluster.client.patch(pods, 'default', 'gated', { type: 'merge', body: { spec: { schedulingGates: null } } })
    await cluster.until(() => pod('gated')?.spec.nodeName)
  })

  it('makes room for a more important pod', async () => {
    await add('critical', { priorityClassName: 'system-cluster-critical' }, '2')
    const nominated = await cluster.until(() => (pod('critical')?.status?.nominatedNodeName ? pod('critical') : undefined))
    expect(nominated.status?.nominatedNodeName).toBe('node-1')
    expect(await cluster.until(() => eventOf('too-much', 'Preempted')?.message)).toMatch(/^Preempted by pod .* on node node-1$/)
    const victims = cluster.cache.list(pods, 'default').filter(({ metadata }) => metadata.deletionTimestamp)
    for (const { metadata } of victims) await cluster.client.delete(pods, 'default', metadata.name, { gracePeriodSeconds: 0 })
    await cluster.until(() => pod('critical')?.spec.nodeName)
  })
})
