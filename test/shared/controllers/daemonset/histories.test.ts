import { afterAll, beforeAll, expect, it } from 'vitest'
import { daemonSetController } from '../../../../shared/controllers/daemonset/daemonset.ts'
import { placementOf } from '../../../../shared/controllers/daemonset/placement.ts'
import { isReason } from '../../../../shared/meta/status.ts'
import {
  controllerRevisions,
  type DaemonSet,
  daemonSets,
  nodes,
  type Pod,
  pods,
  serviceAccounts,
} from '../../../../shared/resources/resource.ts'
import { type Random, seededRandom } from '../../../contract/random.ts'
import { allControllers, createMovableClock, startTestCluster, type TestCluster } from '../environment.ts'
import { restful, unreliable } from '../unreliable.ts'

const first = Number(process.env.SEED ?? 1)
const seeds = Array.from({ length: Number(process.env.HISTORIES ?? 3) }, (_, index) => first + index)
const day = unreliable(daemonSetController, seededRandom(first))
const clock = createMovableClock()
/** pods that don't become ready */
const sick = new Set<string>()
let cluster: TestCluster
beforeAll(async () => {
  const nodeLifecycle = { heartbeats: { all: async () => new Map() }, graceMs: Number.MAX_SAFE_INTEGER }
  const controllers = allControllers({ nodeLifecycle }).map((each) => (each.name === 'daemonset' ? day.controller : each))
  cluster = await startTestCluster({ controllers, scheduler: true, clock })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
  for (const name of names) await cluster.addNode(name)
  cluster.playKubelet({ ready: ({ metadata }) => !sick.has(metadata.uid ?? '') })
})
afterAll(() => cluster.stop())

const names = ['a', 'b', 'c', 'd']
const ofSet = (set: string) => cluster.cache.list(pods, 'default').filter(({ metadata }) => metadata.labels?.app === set)
const staying = (set: string) => ofSet(set).filter(({ metadata }) => !metadata.deletionTimestamp)
const isReady = ({ status }: Pod) => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')
const revisionsOf = (set: string) =>
  cluster.cache.list(controllerRevisions, 'default').filter(({ metadata }) => metadata.labels?.app === set)

const create = (name: string): Promise<DaemonSet> => {
  const labels = { app: name }
  return cluster.client.create<DaemonSet>(daemonSets, {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: 'default' },
    spec: {
      revisionHistoryLimit: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'v0' }] } },
    },
  })
}

/** What users, nodes and chance do to a set. */
const deeds = (name: string, random: Random): (() => Promise<unknown>)[] => {
  const { client } = cluster
  const patchSet = (spec: object) => client.patch(daemonSets, 'default', name, { type: 'strategic', body: { spec } })
  const patchNode = (body: object) => client.patch(nodes, '', random.pick(names), { type: 'merge', body })
  const patchPod = (pod: Pod, body: object, subresource?: string) =>
    client.patch(pods, 'default', pod.metadata.name, { type: 'merge', body }, subresource ? { subresource } : {})
  const onPod = (act: (pod: Pod) => Promise<unknown>) => async () => {
    const [pod] = ofSet(name).slice(random.below(names.length))
    if (pod) await act(pod)
  }
  const taint = (effect: string) => patchNode({ spec: { taints: [{ key: 'ill', effect }] } })
  const rolling = (maxSurge: number, maxUnavailable: number) =>
    patchSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } })
  return [
    () => patchSet({ template: { spec: { containers: [{ name: 'c', image: `v${random.below(4)}` }] } } }),
    () => patchSet({ template: { spec: { nodeSelector: random.pick([null, { disk: 'ssd' }]) } } }),
    () => patchSet({ template: { spec: { tolerations: random.pick([null, [{ key: 'ill', operator: 'Exists' }]]) } } }),
    () => rolling(0, 1 + random.below(2)),
    () => rolling(1 + random.below(2), 0),
    () => patchSet({ updateStrategy: { type: 'OnDelete', rollingUpdate: null } }),
    () => taint('NoSchedule'),
    () => taint('NoExecute'),
    () => patchNode({ spec: { taints: null } }),
    () => patchNode({ spec: { unschedulable: random.pick([true, false]) } }),
    () => patchNode({ metadata: { labels: { disk: random.pick(['ssd', null]) } } }),
    async () => {
      const node = random.pick(names)
      await client.delete(nodes, '', node)
      await cluster.addNode(node)
    },
    onPod((pod) => client.delete(pods, 'default', pod.metadata.name)),
    onPod((pod) => patchPod(pod, { status: { phase: random.pick(['Failed', 'Succeeded']) } }, 'status')),
    onPod((pod) => patchPod(pod, { metadata: { ownerReferences: [] } })),
    onPod((pod) => patchPod(pod, { metadata: { labels: { app: 'stranger' } } })),
    onPod(async (pod) => {
      sick.add(pod.metadata.uid ?? '')
      await patchPod(pod, { metadata: { annotations: { looked: 'once' } } })
    }),
    // One more on a node, which the set finds.
    onPod(({ metadata, spec }) =>
      client.create<Pod>(pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { generateName: 'double-', namespace: 'default', labels: metadata.labels } as Pod['metadata'],
        spec: { nodeName: spec.nodeName, containers: [{ name: 'c', image: 'v0' }] },
      }),
    ),
    async () => {
      const [revision] = revisionsOf(name)
      if (revision) await client.delete(controllerRevisions, 'default', revision.metadata.name)
    },
  ]
}

const perform = async (deed: () => Promise<unknown>): Promise<void> => {
  try {
    await deed()
  } catch (error) {
    // Somebody else was quicker.
    if (!(['NotFound', 'Conflict', 'Invalid', 'AlreadyExists'] as const).some((reason) => isReason(error, reason))) throw error
  }
}

/** The sick recover, time passes, and the set is looked at once more. */
const settle = async (name: string): Promise<DaemonSet> => {
  day.calm()
  sick.clear()
  const { client, cache } = cluster
  await client.patch(daemonSets, 'default', name, {
    type: 'strategic',
    body: { spec: { updateStrategy: { type: 'RollingUpdate' } } },
  })
  for (const { metadata } of cache.list(pods, 'default'))
    await perform(() =>
      client.patch(pods, 'default', metadata.name, { type: 'merge', body: { metadata: { annotations: { looked: 'twice' } } } }),
    )
  // Beyond every back-off.
  clock.advance(3_600_000)
  await client.patch(daemonSets, 'default', name, { type: 'merge', body: { metadata: { annotations: { looked: 'at' } } } })
  const settled = () => {
    const set = cache.get(daemonSets, 'default', name)!
    const place = placementOf(set)
    const wanted = cache.list(nodes).filter((node) => place(node).runs).length
    const { status } = set
    const own = ofSet(name)
    const done =
      status?.observedGeneration === set.metadata.generation &&
      status?.desiredNumberScheduled === wanted &&
      (status.numberAvailable ?? 0) === wanted &&
      (status.updatedNumberScheduled ?? 0) === wanted &&
      own.every((pod) => isReady(pod) && !pod.metadata.deletionTimestamp)
    return done ? set : undefined
  }
  try {
    return await cluster.until(settled)
  } catch (cause) {
    throw new Error(`${name} does not come to rest: ${stateOf(name)}`, { cause })
  }
}

const stateOf = (name: string): string => {
  const set = cluster.cache.get(daemonSets, 'default', name)!
  const place = placementOf(set)
  const { template, ...spec } = set.spec
  const placed = cluster.cache.list(nodes).map((node) => [node.metadata.name, place(node), node.spec, node.metadata.labels])
  const own = ofSet(name).map(({ metadata, status, spec: { nodeName } }) => [
    metadata.name,
    nodeName,
    metadata.labels,
    status,
    metadata.deletionTimestamp,
  ])
  return JSON.stringify({
    spec,
    status: set.status,
    placed,
    own,
    tolerations: template.spec?.tolerations,
    selector: template.spec?.nodeSelector,
  })
}

it.each(seeds)('comes to rest as it should, whatever happened (seed %i)', { timeout: 60_000 }, async (seed) => {
  const random = seededRandom(seed)
  const name = `daemon${seed}`
  day.storm()
  await create(name)
  const list = deeds(name, random)
  for (let step = 0; step < 30; step++) {
    await perform(random.pick(list))
    if (random.next() < 0.3) await cluster.idle()
  }
  const set = await settle(name)
  const why = `seed ${seed}: ${stateOf(name)}`
  const place = placementOf(set)
  const hash = revisionsOf(name).sort((a, b) => Number(b.revision) - Number(a.revision))[0]?.metadata.labels?.[
    'controller-revision-hash'
  ]
  for (const node of cluster.cache.list(nodes)) {
    const there = staying(name).filter(({ spec }) => spec.nodeName === node.metadata.name)
    const { runs, stays } = place(node)
    if (runs) expect(there.length, why).toBe(1)
    else expect(there.length, why).toBeLessThanOrEqual(stays ? 1 : 0)
    if (!runs) continue
    expect(there[0]?.metadata.labels?.['controller-revision-hash'], why).toBe(hash)
    expect(there[0]?.spec.containers[0]?.image, why).toBe(set.spec.template.spec?.containers[0]?.image)
    expect(there[0]?.metadata.ownerReferences, why).toMatchObject([
      { kind: 'DaemonSet', uid: set.metadata.uid, controller: true },
    ])
  }
  expect(
    staying(name).every(({ spec }) => cluster.cache.get(nodes, '', spec.nodeName ?? '')),
    why,
  ).toBe(true)
  expect(new Set(revisionsOf(name).map(({ revision }) => revision)).size, why).toBe(revisionsOf(name).length)

  await restful(day, why)
  await rollsCarefully(name, random, why)

  const propagationPolicy = random.pick(['Background', 'Foreground', 'Orphan'] as const)
  await cluster.client.delete(daemonSets, 'default', name, { propagationPolicy })
  await cluster.until(() => !cluster.cache.get(daemonSets, 'default', name))
  if (propagationPolicy === 'Orphan') {
    await cluster.idle()
    expect(
      ofSet(name).every(({ metadata }) => !metadata.ownerReferences?.length),
      why,
    ).toBe(true)
  } else await cluster.until(() => ofSet(name).length === 0 && revisionsOf(name).length === 0)
  for (const { metadata } of cluster.cache.list(pods, 'default'))
    await perform(() => cluster.client.delete(pods, 'default', metadata.name))
})

/** On a calm day no more pods are missing than may be. */
const rollsCarefully = async (name: string, random: Random, why: string): Promise<void> => {
  const surges = random.next() < 0.5
  const rollingUpdate = surges ? { maxSurge: 1, maxUnavailable: 0 } : { maxSurge: 0, maxUnavailable: 1 }
  const template = { spec: { containers: [{ name: 'c', image: 'careful' }] } }
  const body = { spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate }, template } }
  const wanted = cluster.cache.get(daemonSets, 'default', name)?.status?.desiredNumberScheduled ?? 0
  await cluster.client.patch(daemonSets, 'default', name, { type: 'strategic', body })
  let fewest = wanted
  await cluster.until(() => {
    fewest = Math.min(fewest, staying(name).filter(isReady).length)
    const { status, metadata } = cluster.cache.get(daemonSets, 'default', name)!
    return (
      status?.observedGeneration === metadata.generation &&
      (status?.updatedNumberScheduled ?? 0) === wanted &&
      (status?.numberAvailable ?? 0) === wanted
    )
  })
  expect(fewest, `${why}: missing in a rollout`).toBeGreaterThanOrEqual(surges ? wanted : wanted - 1)
}
