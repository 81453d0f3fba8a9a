import { afterAll, beforeAll, expect, it } from 'vitest'
import { statefulSetController } from '../../../../shared/controllers/statefulset/statefulset.ts'
import { isReason } from '../../../../shared/meta/status.ts'
import {
  controllerRevisions,
  type Pod,
  persistentVolumeClaims,
  pods,
  type StatefulSet,
  serviceAccounts,
  statefulSets,
} from '../../../../shared/resources/resource.ts'
import { type Random, seededRandom } from '../../../contract/random.ts'
import { allControllers, startTestCluster, type TestCluster } from '../environment.ts'
import { restful, unreliable } from '../unreliable.ts'

const first = Number(process.env.SEED ?? 1)
const seeds = Array.from({ length: Number(process.env.HISTORIES ?? 3) }, (_, index) => first + index)
const random = seededRandom(first)
const day = unreliable(statefulSetController, random)
/** pods that don't become ready */
const sick = new Set<string>()
let cluster: TestCluster
beforeAll(async () => {
  const controllers = allControllers().map((each) => (each.name === 'statefulset' ? day.controller : each))
  cluster = await startTestCluster({ controllers })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
  await cluster.addNode('a')
  cluster.playKubelet({ ready: ({ metadata }) => !sick.has(metadata.name) })
})
afterAll(() => cluster.stop())

const named = (set: string) => cluster.cache.list(pods, 'default').filter(({ metadata }) => metadata.name.startsWith(`${set}-`))
const claims = (set: string) =>
  cluster.cache.list(persistentVolumeClaims, 'default').filter(({ metadata }) => metadata.name.startsWith(`data-${set}-`))
const claimNames = (set: string) =>
  claims(set)
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .map(({ metadata }) => metadata.name)
    .sort()
const ready = ({ status }: Pod) => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')

const create = (name: string, random: Random): Promise<StatefulSet> => {
  const labels = { app: name }
  return cluster.client.create<StatefulSet>(statefulSets, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: random.below(4),
      serviceName: name,
      podManagementPolicy: random.pick(['OrderedReady', 'Parallel']),
      revisionHistoryLimit: 2,
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: random.pick(['Retain', 'Delete']),
        whenScaled: random.pick(['Retain', 'Delete']),
      },
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { nodeName: 'a', containers: [{ name: 'c', image: 'v0' }] } },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
        },
      ] as never,
    },
  })
}

/** What users, nodes and chance do to a set. */
const deeds = (name: string, random: Random): (() => Promise<unknown>)[] => {
  const { client } = cluster
  const patchSet = (spec: object) => client.patch(statefulSets, 'default', name, { type: 'strategic', body: { spec } })
  const onPod = (act: (pod: Pod) => Promise<unknown>) => async () => {
    const [pod] = named(name).slice(random.below(4))
    if (pod) await act(pod)
  }
  const patchPod = (pod: Pod, body: object, subresource?: string) =>
    client.patch(pods, 'default', pod.metadata.name, { type: 'merge', body }, subresource ? { subresource } : {})
  const image = () => `v${random.below(4)}`
  return [
    () => patchSet({ replicas: random.below(5) }),
    () => patchSet({ ordinals: { start: random.below(3) } }),
    () => patchSet({ template: { spec: { containers: [{ name: 'c', image: image() }] } } }),
    () => patchSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: random.below(4) } } }),
    () => patchSet({ persistentVolumeClaimRetentionPolicy: { whenScaled: random.pick(['Retain', 'Delete']) } }),
    onPod((pod) => client.delete(pods, 'default', pod.metadata.name)),
    onPod((pod) => patchPod(pod, { status: { phase: random.pick(['Failed', 'Succeeded']) } }, 'status')),
    onPod((pod) => patchPod(pod, { metadata: { ownerReferences: [] } })),
    onPod((pod) => patchPod(pod, { metadata: { labels: { app: 'stranger' } } })),
    onPod((pod) => patchPod(pod, { metadata: { labels: { 'statefulset.kubernetes.io/pod-name': null } } })),
    onPod(async (pod) => {
      sick.add(pod.metadata.name)
      await patchPod(pod, { metadata: { annotations: { looked: 'once' } } })
    }),
    async () => {
      const [revision] = cluster.cache
        .list(controllerRevisions, 'default')
        .filter(({ metadata }) => metadata.labels?.app === name)
      if (revision) await client.delete(controllerRevisions, 'default', revision.metadata.name)
    },
  ]
}

const perform = async (deed: () => Promise<unknown>): Promise<void> => {
  try {
    await deed()
  } catch (error) {
    // Somebody else was quicker.
    if (!['NotFound', 'Conflict', 'Invalid'].some((reason) => isReason(error, reason as never))) throw error
  }
}

/** Strangers leave, the sick recover, and every set is looked at once more. */
const settle = async (name: string): Promise<StatefulSet> => {
  day.calm()
  sick.clear()
  for (const pod of named(name)) {
    const { metadata } = pod
    if (metadata.labels?.app === 'stranger') await perform(() => cluster.client.delete(pods, 'default', metadata.name))
    else
      await perform(() =>
        cluster.client.patch(pods, 'default', metadata.name, {
          type: 'merge',
          body: { metadata: { annotations: { looked: 'twice' } } },
        }),
      )
  }
  await cluster.client.patch(statefulSets, 'default', name, {
    type: 'merge',
    body: { metadata: { annotations: { looked: 'at' } } },
  })
  const settled = () => {
    const set = cluster.cache.get(statefulSets, 'default', name)
    const { status, spec, metadata } = set!
    const replicas = spec.replicas ?? 1
    const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0
    const own = named(name)
    const done =
      status?.observedGeneration === metadata.generation &&
      own.length === replicas &&
      own.every((pod) => ready(pod) && !pod.metadata.deletionTimestamp) &&
      (status?.readyReplicas ?? 0) === replicas &&
      (status?.availableReplicas ?? 0) === replicas &&
      (status?.updatedReplicas ?? 0) >= replicas - partition
    return done ? set : undefined
  }
  try {
    return await cluster.until(settled)
  } catch (cause) {
    throw new Error(`${name} does not come to rest: ${stateOf(name)}`, { cause })
  }
}

const stateOf = (name: string): string => {
  const { spec, status } = cluster.cache.get(statefulSets, 'default', name)!
  const { template: _, volumeClaimTemplates: __, ...told } = spec
  const own = named(name).map(({ metadata, status: is, spec: { nodeName } }) => [
    metadata.name,
    metadata.labels?.['controller-revision-hash'],
    is?.phase,
    is?.conditions?.find(({ type }) => type === 'Ready')?.status,
    nodeName,
    metadata.deletionTimestamp,
    metadata.ownerReferences?.[0]?.uid,
  ])
  return JSON.stringify({ told, status, own, claims: claimNames(name) }, undefined, 1)
}

it.each(seeds)('comes to rest as it should, whatever happened (seed %i)', { timeout: 60_000 }, async (seed) => {
  const own = seededRandom(seed)
  const name = `set${seed}`
  day.storm()
  await create(name, own)
  const retained = new Set<string>()
  const list = deeds(name, own)
  for (let step = 0; step < 30; step++) {
    await perform(own.pick(list))
    if (own.next() < 0.3) await cluster.idle()
    if (cluster.cache.get(statefulSets, 'default', name)?.spec.persistentVolumeClaimRetentionPolicy?.whenScaled === 'Delete')
      retained.clear()
    else for (const claim of claimNames(name)) retained.add(claim)
  }
  const set = await settle(name)
  const { spec, status } = set
  const start = spec.ordinals?.start ?? 0
  const ordinals = Array.from({ length: spec.replicas ?? 1 }, (_, index) => start + index)
  const why = `seed ${seed}`
  expect(
    named(name)
      .map(({ metadata }) => metadata.name)
      .sort(),
    why,
  ).toEqual(ordinals.map((ordinal) => `${name}-${ordinal}`).sort())
  for (const pod of named(name)) {
    const ordinal = Number(pod.metadata.name.split('-')[1])
    expect(pod.metadata.ownerReferences, why).toMatchObject([{ kind: 'StatefulSet', uid: set.metadata.uid, controller: true }])
    expect(pod.metadata.labels, why).toMatchObject({ 'statefulset.kubernetes.io/pod-name': pod.metadata.name, app: name })
    if (ordinal - start >= (spec.updateStrategy?.rollingUpdate?.partition ?? 0)) {
      expect(pod.spec.containers[0]?.image, why).toBe(spec.template.spec?.containers[0]?.image)
      expect(pod.metadata.labels?.['controller-revision-hash'], why).toBe(status?.updateRevision)
    }
  }
  await cluster.until(() => ordinals.every((ordinal) => claimNames(name).includes(`data-${name}-${ordinal}`)))
  if (spec.persistentVolumeClaimRetentionPolicy?.whenScaled === 'Retain')
    expect(claimNames(name), why).toEqual(expect.arrayContaining([...retained]))
  const revisions = cluster.cache.list(controllerRevisions, 'default').filter(({ metadata }) => metadata.labels?.app === name)
  expect(new Set(revisions.map(({ revision }) => revision)).size, why).toBe(revisions.length)
  // The update's, the current one's, those of pods below the partition, and two of before.
  expect(revisions.length, why).toBeLessThanOrEqual(4 + ordinals.length)

  await restful(day, why)
  const owned = claims(name).filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === set.metadata.uid))
  if (spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete')
    expect(
      owned.map(({ metadata }) => metadata.name),
      why,
    ).toEqual(expect.arrayContaining(ordinals.map((ordinal) => `data-${name}-${ordinal}`)))
  else expect(owned, why).toEqual([])

  const propagationPolicy = own.pick(['Background', 'Foreground', 'Orphan'] as const)
  await cluster.client.delete(statefulSets, 'default', name, { propagationPolicy })
  await cluster.until(() => !cluster.cache.get(statefulSets, 'default', name))
  if (propagationPolicy === 'Orphan') {
    await cluster.idle()
    expect(
      named(name).map(({ metadata }) => metadata.ownerReferences ?? []),
      why,
    ).toEqual(ordinals.map(() => []))
  } else
    await cluster.until(() => {
      const left = cluster.cache.list(controllerRevisions, 'default').filter(({ metadata }) => metadata.labels?.app === name)
      const doomed = claims(name).filter(({ metadata }) => owned.some((claim) => claim.metadata.uid === metadata.uid))
      return named(name).length === 0 && left.length === 0 && doomed.length === 0
    })
})
