import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { events, nodes, type Pod, pods, serviceAccounts } from '../../../shared/resources/resource.ts'
import { allControllers, startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster
let heard: Map<string, number>
beforeEach(async () => {
  heard = new Map()
  const nodeLifecycle = { heartbeats: { all: async () => heard }, graceMs: 1200 }
  cluster = await startTestCluster({ controllers: allControllers({ nodeLifecycle }) })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
})
afterEach(() => cluster.stop())

const forever = Number.MAX_SAFE_INTEGER
const addPod = async (name: string, nodeName: string, spec: Partial<Pod['spec']> = {}) => {
  await cluster.client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i' }], nodeName, ...spec },
  })
}
const pod = (name: string) => cluster.cache.get(pods, 'default', name)
const node = (name: string) => cluster.cache.get(nodes, '', name)
const ready = (
  conditions: readonly { type: string; status: string; reason?: string | undefined; message?: string | undefined }[] | undefined,
) => conditions?.find(({ type }) => type === 'Ready')

describe('a node that goes silent', () => {
  it('becomes unknown, is tainted, and its pods leave when they no longer tolerate it', async () => {
    heard.set('alive', forever)
    heard.set('dead', forever)
    await cluster.addNode('alive')
    await cluster.addNode('dead')
    const tolerate = (tolerationSeconds: number) => [
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds },
    ]
    await addPod('leaves', 'dead', { tolerations: tolerate(1) })
    await addPod('stays', 'dead', { tolerations: tolerate(3600) })
    await addPod('elsewhere', 'alive', { tolerations: tolerate(0) })
    cluster.playKubelet({
      ready: (pod) => pod.metadata.deletionTimestamp === undefined && node(pod.spec.nodeName ?? '')?.spec.taints === undefined,
    })
    await cluster.until(() => ready(pod('stays')?.status?.conditions)?.status === 'True')
    heard.delete('dead')
    await cluster.client.patch(nodes, '', 'dead', { type: 'merge', body: { metadata: { annotations: { look: 'again' } } } })

    const dead = await cluster.until(() => (node('dead')?.spec.taints?.length === 2 ? node('dead') : undefined))
    expect(ready(dead.status?.conditions)).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    })
    expect(dead.spec.taints?.map(({ key, effect }) => `${key}:${effect}`)).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ])
    await cluster.until(() => ready(pod('stays')?.status?.conditions)?.status === 'False')
    await cluster.until(() => !pod('leaves'))
    expect(pod('stays')?.metadata.deletionTimestamp).toBeUndefined()
    expect(pod('elsewhere')).toBeDefined()
    const marks = await cluster.until(() =>
      cluster.cache.list(events, 'default').find(({ reason }) => reason === 'TaintManagerEviction'),
    )
    expect(marks.message).toBe('Marking for deletion Pod default/leaves')
  })

  it('keeps its pods when no node is left, and is clean again when it comes back', async () => {
    await cluster.addNode('only')
    const tainted = await cluster.until(() => (node('only')?.spec.taints?.length ? node('only') : undefined))
    expect(tainted.spec.taints?.map(({ effect }) => effect)).toEqual(['NoSchedule'])
    heard.set('only', forever)
    const body = { status: { conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }] } }
    await cluster.client.patch(nodes, '', 'only', { type: 'merge', body }, { subresource: 'status' })
    await cluster.until(() => !node('only')?.spec.taints?.length)
  })
})

it('taints a cordoned node and one under pressure, and leaves the taints of others', async () => {
  heard.set('busy', forever)
  const taints = [{ key: 'team', value: 'a', effect: 'NoSchedule' }]
  const { metadata } = await cluster.addNode('busy', { spec: { unschedulable: true, taints } })
  const body = { status: { conditions: [{ type: 'DiskPressure', status: 'True' }] } }
  await cluster.client.patch(nodes, '', metadata.name, { type: 'strategic', body }, { subresource: 'status' })
  const tainted = await cluster.until(() => (node('busy')?.spec.taints?.length === 3 ? node('busy') : undefined))
  expect(tainted.spec.taints?.map(({ key }) => key).sort()).toEqual([
    'node.kubernetes.io/disk-pressure',
    'node.kubernetes.io/unschedulable',
    'team',
  ])
})
