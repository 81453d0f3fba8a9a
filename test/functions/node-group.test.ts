import { afterEach, beforeEach, expect, it } from 'vitest'
import { idleSinceAnnotation } from '../../shared/node-group/scale-down.ts'
import { removalTaint } from '../../shared/placement/annotation.ts'
import { events, type Node, nodes, type Pod, persistentVolumeClaims, pods } from '../../shared/resources/resource.ts'
import { type Functions, startFunctions } from './environment.ts'

let run: Functions
let minute = 1
beforeEach(async () => {
  run = await startFunctions()
  minute = 1
  await tick()
})
afterEach(() => run.stop())

/** The clock's next minute, and what follows from it. */
const tick = async (minutes = 1) => {
  for (let i = 0; i < minutes; i++) {
    run.clock.leapTo(run.clock.now() + 60_000)
    await run.wakeClock(60_000 * minute++)
    await run.settle()
  }
}

const addPod = (name: string, { cpu = '500m', ...spec }: Partial<Pod['spec']> & { cpu?: string } = {}) =>
  run.client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'c:1', resources: { requests: { cpu } } }], ...spec },
  })

/** The group's new instances become nodes. */
const join = async () => {
  for (const id of run.scaling.launch()) await run.addNode(id)
  await run.settle()
}

const reasonsOf = async (name: string) =>
  (await run.client.list(events)).items
    .filter(({ involvedObject }) => involvedObject?.name === name)
    .map(({ reason, message }) => `${reason}: ${message}`)
    .filter((text) => text.includes('ScaleUp'))

it('makes as many nodes as waiting pods need, once, and they run there', async () => {
  for (let i = 0; i < 6; i++) await addPod(`p${i}`)
  await run.settle()
  await tick()
  expect(run.scaling.desired).toBe(2)
  await tick(2)
  expect(run.scaling.desired).toBe(2)
  expect(await reasonsOf('p0')).toEqual(['TriggeredScaleUp: pod triggered scale-up: [{nodes 0->2 (max: 4)}]'])
  await join()
  const placed = (await run.client.list(pods)).items.map(({ spec }) => spec.nodeName)
  expect(new Set(placed)).toEqual(new Set(['i-1', 'i-2']))
})

it('asks what the scheduler asks, of namespaces too', async () => {
  const apart = {
    topologyKey: 'kubernetes.io/hostname',
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } },
    labelSelector: { matchLabels: { app: 'web' } },
  }
  for (let i = 0; i < 3; i++)
    await run.client.create(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `web-${i}`, namespace: 'default', labels: { app: 'web' } },
      spec: {
        containers: [{ name: 'c', image: 'c:1' }],
        affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart] } },
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'kubernetes.io/hostname',
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: { app: 'web' } },
          },
        ],
      },
    })
  // Not of a full minute at which everything is looked at, and so listed.
  await run.wakeNewClock(61 * 60_000)
  expect(run.scaling.desired).toBe(3)
})

it('makes no more than the maximum, and says of the others that it is reached', async () => {
  for (let i = 0; i < 6; i++) await addPod(`p${i}`, { cpu: '1500m' })
  await tick()
  expect(run.scaling.desired).toBe(4)
  const said = (await Promise.all([0, 1, 2, 3, 4, 5].map((i) => reasonsOf(`p${i}`)))).flat()
  expect(said.filter((text) => text.startsWith('TriggeredScaleUp'))).toHaveLength(4)
  await tick()
  expect((await reasonsOf('p5')).concat(await reasonsOf('p4'))).toContain(
    "NotTriggerScaleUp: pod didn't trigger scale-up: 1 max node group size reached",
  )
})

it.each([
  ['that is too large for any node', { cpu: '3' }, '1 Insufficient cpu'],
  ['whose selector no node has', { nodeSelector: { disk: 'ssd' } }, "1 node(s) didn't match Pod's node affinity/selector"],
])('makes no node for a pod %s', async (_, spec, reason) => {
  await addPod('odd', spec)
  await tick()
  expect(run.scaling.desired).toBe(0)
  expect(await reasonsOf('odd')).toEqual([`NotTriggerScaleUp: pod didn't trigger scale-up: ${reason}`])
})

it('counts pods that wait for somebody else for nothing', async () => {
  await addPod('gated', { schedulingGates: [{ name: 'later' }] })
  await addPod('other', { schedulerName: 'mine' })
  await tick()
  expect(run.scaling.desired).toBe(0)
})

it('takes an instance away that never becomes a node, and tries another', async () => {
  await addPod('p')
  await tick()
  run.scaling.launch()
  await tick(17)
  expect([...run.scaling.instances.keys()]).not.toContain('i-1')
  await tick()
  expect(run.scaling.desired).toBe(1)
})

it('takes an instance away that never becomes a node also when nobody waits for it', async () => {
  run.scaling.desired = 1
  run.scaling.launch()
  await tick(14)
  expect(run.scaling.instances.size).toBe(1)
  await tick(2)
  expect([run.scaling.instances.size, run.scaling.desired]).toEqual([0, 0])
})

const withNodes = async (count: number) => {
  run.scaling.desired = count
  await join()
}
const nodeOf = async (name: string): Promise<Node | undefined> =>
  (await run.client.list(nodes)).items.find(({ metadata }) => metadata.name === name)
const beat = async () => {
  const all = (await run.client.list(nodes)).items
  await run.heartbeats.record(new Map(all.map(({ metadata }) => [metadata.name, run.clock.now() + 60_000])))
}

it('takes nodes away that idle for ten minutes: closed first, then gone', async () => {
  await withNodes(2)
  await addPod('keeps', { nodeName: 'i-1' })
  await tick()
  expect((await nodeOf('i-2'))?.metadata.annotations).toHaveProperty([idleSinceAnnotation])
  expect((await nodeOf('i-1'))?.metadata.annotations).not.toHaveProperty([idleSinceAnnotation])
  for (let i = 0; i < 10; i++) {
    await beat()
    await tick()
  }
  expect((await nodeOf('i-2'))?.spec.taints?.map(({ key }) => key)).toContain(removalTaint)
  expect(run.scaling.instances.size).toBe(2)
  await beat()
  await tick()
  expect([...run.scaling.instances.keys()]).toEqual(['i-1'])
  expect(run.scaling.desired).toBe(1)
})

it('opens a node again that something came to run on, and keeps one that is to be kept', async () => {
  await withNodes(2)
  await run.client.patch(nodes, '', 'i-1', {
    type: 'merge',
    body: { metadata: { annotations: { 'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true' } } },
  })
  await tick()
  for (let i = 0; i < 10; i++) {
    await beat()
    await tick()
  }
  expect((await nodeOf('i-2'))?.spec.taints?.map(({ key }) => key)).toContain(removalTaint)
  await addPod('late', { nodeName: 'i-2' })
  await beat()
  await tick(3)
  const node = await nodeOf('i-2')
  expect(node?.spec.taints?.map(({ key }) => key) ?? []).not.toContain(removalTaint)
  expect(node?.metadata.annotations).not.toHaveProperty([idleSinceAnnotation])
  expect(run.scaling.instances.size).toBe(2)
})

it('keeps a node that has the directory of a volume', async () => {
  await withNodes(2)
  await run.client.create(persistentVolumeClaims, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  })
  const volume = { name: 'data', persistentVolumeClaim: { claimName: 'data' } }
  await addPod('writer', { volumes: [volume], nodeSelector: { 'kubernetes.io/hostname': 'i-2' } })
  await run.settle()
  expect((await run.client.get(persistentVolumeClaims, 'default', 'data')).status?.phase).toBe('Bound')
  await run.client.delete(pods, 'default', 'writer', { gracePeriodSeconds: 0 })
  await tick()
  for (let i = 0; i < 12; i++) {
    await beat()
    await tick()
  }
  expect([...run.scaling.instances.keys()]).toEqual(['i-2'])
})

it('lets schedule and place sleep until a pod or a node needs them', async () => {
  expect(Object.fromEntries(run.mappings.states)).toEqual({ schedule: 'Disabled', place: 'Disabled' })
  await addPod('p')
  await tick()
  expect(Object.fromEntries(run.mappings.states)).toEqual({ schedule: 'Enabled', place: 'Enabled' })
  await run.client.delete(pods, 'default', 'p')
  run.scaling.desired = 0
  run.mappings.waiting.set(run.url.place, 1)
  await tick()
  expect(Object.fromEntries(run.mappings.states)).toEqual({ schedule: 'Disabled', place: 'Enabled' })
  run.mappings.waiting.clear()
  await tick()
  expect(run.mappings.states.get('place')).toBe('Disabled')
})

it('leaves a trigger alone whose last change is under way, and tries again', async () => {
  run.mappings.states.set('place', 'Disabling')
  await addPod('p')
  await tick()
  expect(run.mappings.states.get('place')).toBe('Disabling')
  run.mappings.states.set('place', 'Disabled')
  await tick()
  expect(run.mappings.states.get('place')).toBe('Enabled')
  const { calls } = run.mappings
  await tick()
  expect(run.mappings.calls).toBe(calls)
})
