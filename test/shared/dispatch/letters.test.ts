import { afterEach, beforeEach, expect, it } from 'vitest'
import { lettersOf } from '../../../shared/dispatch/letters.ts'
import type { PodSpec } from '../../../shared/resources/generated/types.ts'
import {
  configMaps,
  type Node,
  namespaces,
  nodes,
  type Pod,
  pods,
  secrets,
  serviceAccounts,
} from '../../../shared/resources/resource.ts'
import { startTestCluster, type TestCluster } from '../controllers/environment.ts'

let cluster: TestCluster
beforeEach(async () => {
  cluster = await startTestCluster({ controllers: [] })
  await cluster.client.create(namespaces, { metadata: { name: 'n' } })
  await cluster.client.create(serviceAccounts, { metadata: { name: 'default', namespace: 'n' } })
})
afterEach(() => cluster.stop())

const addPod = async (name: string, nodeName: string, spec: Partial<PodSpec>): Promise<Pod> => {
  const made = await cluster.client.create(pods, {
    metadata: { name, namespace: 'n' },
    spec: { nodeName, containers: [{ name: 'c', image: 'i' }], automountServiceAccountToken: false, ...spec },
  } as unknown as Pod)
  await cluster.until(() => cluster.cache.get(pods, 'n', name))
  return made
}
const toldOf = (resource: string, name: string) => {
  const key = { resource, namespace: 'n', name }
  const object = { metadata: { name, namespace: 'n' } }
  const letters = lettersOf({ key, revision: 7, resource, object, previous: object }, cluster.cache)
  expect(letters.every(({ body }) => 'revision' in body && body.revision === 7)).toBe(true)
  return letters.map(({ node }) => node).sort()
}

it('tells the nodes whose pods use an object, in whatever way', async () => {
  await Promise.all([cluster.client.list(configMaps), cluster.client.list(secrets)])
  await addPod('volume', 'a', { volumes: [{ name: 'v', configMap: { name: 'settings' } }] })
  await addPod('projected', 'b', { volumes: [{ name: 'v', projected: { sources: [{ configMap: { name: 'settings' } }] } }] })
  const env = [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'settings', key: 'x' } } }]
  await addPod('variable', 'c', { containers: [{ name: 'c', image: 'i', env }] })
  await addPod('all-of-it', 'd', { containers: [{ name: 'c', image: 'i', envFrom: [{ secretRef: { name: 'passwords' } }] }] })
  await addPod('pulls', 'e', { imagePullSecrets: [{ name: 'passwords' }] })
  await addPod('nothing', 'f', {})
  expect(toldOf('configmaps', 'settings')).toEqual(['a', 'b', 'c'])
  expect(toldOf('secrets', 'passwords')).toEqual(['d', 'e'])
  expect(toldOf('secrets', 'settings')).toEqual([])
})

it('tells all nodes of what concerns the network, and a node alone of its own state', async () => {
  const { client, cache, until } = cluster
  for (const name of ['a', 'b']) await client.create(nodes, { metadata: { name }, spec: {} })
  const node = await until(() => cache.get(nodes, '', 'b') && cache.get(nodes, '', 'a'))
  expect(toldOf('services', 'web')).toEqual(['a', 'b'])
  const key = { resource: 'nodes', namespace: '', name: 'a' }
  const changed = (object: Node | undefined) =>
    lettersOf({ key, revision: 7, resource: 'nodes', object, previous: node }, cache)
      .map(({ node }) => node)
      .sort()
  expect(changed({ ...node, status: { conditions: [{ type: 'Ready', status: 'True' }] } } as Node)).toEqual(['a'])
  expect(changed({ ...node, spec: { podCIDR: '10.244.0.0/24' } } as Node)).toEqual(['a', 'b'])
  expect(changed(undefined)).toEqual(['a', 'b'])
})
