import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  controllerRevisions,
  type DaemonSet,
  daemonSets,
  events,
  nodes,
  type Pod,
  pods,
  serviceAccounts,
} from '../../../../shared/resources/resource.ts'
import { allControllers, createMovableClock, startTestCluster, type TestCluster } from '../environment.ts'

const clock = createMovableClock()
let cluster: TestCluster
beforeAll(async () => {
  const nodeLifecycle = { heartbeats: { all: async () => new Map() }, graceMs: Number.MAX_SAFE_INTEGER }
  cluster = await startTestCluster({ controllers: allControllers({ nodeLifecycle }), scheduler: true, clock })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
  for (const name of ['a', 'b', 'c']) await cluster.addNode(name)
  await cluster.addNode('tainted', { spec: { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] } })
  cluster.playKubelet()
})
afterAll(() => cluster.stop())

const labels = { app: 'agent' }
const change = (body: object) => cluster.client.patch(daemonSets, 'default', 'agent', { type: 'strategic', body })
const image = (name: string) => ({ spec: { template: { spec: { containers: [{ name: 'c', image: name }] } } } })
const set = () => cluster.cache.get(daemonSets, 'default', 'agent')
const own = () =>
  cluster.cache.list(pods, 'default').filter(({ metadata }) => metadata.labels?.app === 'agent' && !metadata.deletionTimestamp)
const placed = () =>
  own()
    .map(({ spec }) => spec.nodeName)
    .sort()
const settled = (count: number) =>
  cluster.until(() => {
    const { metadata, status } = set() ?? {}
    const done =
      status?.observedGeneration === metadata?.generation &&
      status?.numberAvailable === count &&
      status.updatedNumberScheduled === count
    return done && status.desiredNumberScheduled === count && own().length === count ? status : undefined
  })

it('has a pod on every node that it fits, made for that node alone', async () => {
  await cluster.client.create<DaemonSet>(daemonSets, {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'default' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'one' }] } },
    },
  })
  expect(await settled(3)).toEqual({
    observedGeneration: 1,
    desiredNumberScheduled: 3,
    currentNumberScheduled: 3,
    numberMisscheduled: 0,
    numberReady: 3,
    updatedNumberScheduled: 3,
    numberAvailable: 3,
  })
  expect(placed()).toEqual(['a', 'b', 'c'])
  const [pod] = own()
  const [revision] = cluster.cache.list(controllerRevisions, 'default')
  expect(revision?.metadata.name).toBe(`agent-${pod?.metadata.labels?.['controller-revision-hash']}`)
  expect(pod?.metadata.labels?.['pod-template-generation']).toBe('1')
  expect(pod?.spec.affinity).toEqual({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [pod?.spec.nodeName] }] }],
      },
    },
  })
  expect(pod?.spec.tolerations?.map(({ key, effect }) => `${key}:${effect}`)).toEqual([
    'node.kubernetes.io/not-ready:NoExecute',
    'node.kubernetes.io/unreachable:NoExecute',
    'node.kubernetes.io/disk-pressure:NoSchedule',
    'node.kubernetes.io/memory-pressure:NoSchedule',
    'node.kubernetes.io/pid-pressure:NoSchedule',
    'node.kubernetes.io/unschedulable:NoSchedule',
  ])
})

it('follows nodes as they come, go, and take on taints and labels', async () => {
  await cluster.addNode('d')
  await settled(4)
  await cluster.client.patch(nodes, '', 'd', {
    type: 'merge',
    body: { spec: { taints: [{ key: 'ill', effect: 'NoSchedule' }] } },
  })
  await cluster.until(() => set()?.status?.numberMisscheduled === 1)
  expect(placed()).toContain('d')
  await cluster.client.patch(nodes, '', 'd', { type: 'merge', body: { spec: { taints: [{ key: 'ill', effect: 'NoExecute' }] } } })
  await settled(3)
  await change({ spec: { template: { spec: { tolerations: [{ key: 'dedicated', operator: 'Exists' }] } } } })
  await settled(4)
  expect(placed()).toEqual(['a', 'b', 'c', 'tainted'])
  await cluster.client.patch(nodes, '', 'a', { type: 'merge', body: { spec: { unschedulable: true } } })
  await cluster.idle()
  expect(set()?.status?.desiredNumberScheduled).toBe(4)
})

it('rolls a template out one node after the other, and back without touching what is of it', async () => {
  await change(image('two'))
  await settled(4)
  expect(own().map(({ spec }) => spec.containers[0]?.image)).toEqual(['two', 'two', 'two', 'two'])
  const before = new Set(own().map(({ metadata }) => metadata.uid))
  await change({ spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } })
  await change(image('three'))
  await cluster.until(() => set()?.status?.observedGeneration === set()?.metadata.generation)
  const [gone] = own()
  await cluster.client.delete(pods, 'default', gone!.metadata.name)
  await cluster.until(() => own().length === 4 && own().some(({ spec }) => spec.containers[0]?.image === 'three'))
  await change({ spec: { updateStrategy: { type: 'RollingUpdate' }, ...image('two').spec } })
  await settled(4)
  expect(own().filter(({ metadata }) => before.has(metadata.uid)).length).toBeGreaterThanOrEqual(2)
})

it('replaces what failed, each time later', async () => {
  const fail = (pod: Pod) =>
    cluster.client.patch(
      pods,
      'default',
      pod.metadata.name,
      { type: 'merge', body: { status: { phase: 'Failed' } } },
      { subresource: 'status' },
    )
  const onB = () => own().find(({ spec, status }) => spec.nodeName === 'b' && status?.phase !== 'Failed')
  for (const backOff of ['1000', '2000', '4000']) {
    const failed = await cluster.until(() => onB()?.status?.phase === 'Running' && onB())
    await fail(failed as Pod)
    await cluster.until(() => cluster.cache.get(pods, 'default', (failed as Pod).metadata.name)?.status?.phase !== 'Running')
    clock.advance(10_000)
    await change({ metadata: { annotations: { looked: backOff } } })
    const next = await cluster.until(() => onB()?.metadata.uid !== (failed as Pod).metadata.uid && onB())
    expect((next as Pod).metadata.annotations?.['windlass.dev/daemon-back-off']).toBe(backOff)
  }
  await settled(4)
  const told = await cluster.until(() => cluster.cache.list(events, 'default').find(({ reason }) => reason === 'FailedDaemonPod'))
  expect(told).toMatchObject({
    type: 'Warning',
    message: expect.stringMatching(/^Found failed daemon pod default\/agent-\w+ on node b, will try to kill it$/),
  })
})

it('surges: the new pod is ready before the old one goes', async () => {
  await change({
    spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }, ...image('four').spec },
  })
  let fewest = Number.POSITIVE_INFINITY
  await cluster.until(() => {
    const ready = own().filter(({ status }) =>
      status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
    )
    fewest = Math.min(fewest, ready.length)
    return own().length === 4 && own().every(({ spec }) => spec.containers[0]?.image === 'four')
  })
  expect(fewest).toBeGreaterThanOrEqual(4)
  await settled(4)
})
