import { afterEach, expect, it } from 'vitest'
import { createNodeIpamController, freeRange } from '../../../shared/controllers/node-ipam.ts'
import { events, namespaces, nodes } from '../../../shared/resources/resource.ts'
import { startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster | undefined
afterEach(async () => cluster?.stop())

it('gives each node a range of its own, and a range that became free to the next', async () => {
  cluster = await startTestCluster({ controllers: [createNodeIpamController({ podCidr: '10.244.0.0/22' })] })
  const { client, cache, until } = cluster
  await client.create(namespaces, { metadata: { name: 'default' } })
  const add = (name: string, podCIDR?: string) =>
    client.create(nodes, { metadata: { name }, spec: podCIDR ? { podCIDR, podCIDRs: [podCIDR] } : {} })
  const rangeOf = (name: string) => until(() => cache.get(nodes, '', name)?.spec.podCIDR)
  await add('has-one', '10.244.1.0/24')
  await Promise.all([add('a'), add('b')])
  const given = [await rangeOf('a'), await rangeOf('b')]
  expect(given.toSorted()).toEqual(['10.244.0.0/24', '10.244.2.0/24'])
  expect(cache.get(nodes, '', 'has-one')?.spec.podCIDR).toBe('10.244.1.0/24')

  await add('too-many')
  const told = async () => (await client.list(events)).items.map(({ reason }) => reason)
  await expect.poll(told).toContain('CIDRNotAvailable')
  await client.delete(nodes, '', 'has-one')
  expect(await rangeOf('too-many')).toBe('10.244.1.0/24')
})

it('leaves the last range alone, where the API address of all nodes is', () => {
  const all = Array.from({ length: 15 }, (_, i) => `10.244.${i}.0/24`)
  expect(freeRange('10.244.0.0/20', new Set(all.slice(0, 14)))).toBe('10.244.14.0/24')
  expect(freeRange('10.244.0.0/20', new Set(all))).toBeUndefined()
})

it('gives a node what it asks for, if that is a range that nodes are given and nobody has it', async () => {
  cluster = await startTestCluster({ controllers: [createNodeIpamController({ podCidr: '10.244.0.0/20' })] })
  const { client, cache, until } = cluster
  const given = async (name: string, wanted: string) => {
    await client.create(nodes, { metadata: { name, annotations: { 'windlass.dev/pod-cidr': wanted } }, spec: {} })
    return until(() => cache.get(nodes, '', name)?.spec.podCIDR)
  }
  expect(await given('asks', '10.244.5.0/24')).toBe('10.244.5.0/24')
  expect(await given('asks-the-same', '10.244.5.0/24')).toBe('10.244.0.0/24')
  expect(await given('asks-for-all', '0.0.0.0/1')).toBe('10.244.1.0/24')
  expect(await given('asks-for-more', '10.244.8.0/23')).toBe('10.244.2.0/24')
  expect(await given('asks-for-the-last', '10.244.15.0/24')).toBe('10.244.3.0/24')
  expect(await given('asks-outside', '10.245.1.0/24')).toBe('10.244.4.0/24')
})

it('gives nothing to nodes that do not ask where only those are served', async () => {
  cluster = await startTestCluster({ controllers: [createNodeIpamController({ podCidr: '10.244.0.0/20', onlyAsked: true })] })
  const { client, cache, until } = cluster
  await client.create(nodes, { metadata: { name: 'silent' }, spec: {} })
  await client.create(nodes, { metadata: { name: 'asks', annotations: { 'windlass.dev/pod-cidr': '10.244.0.0/24' } }, spec: {} })
  expect(await until(() => cache.get(nodes, '', 'asks')?.spec.podCIDR)).toBe('10.244.0.0/24')
  expect(cache.get(nodes, '', 'silent')?.spec.podCIDR).toBeUndefined()
})
