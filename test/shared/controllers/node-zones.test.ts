import { describe, expect, it, onTestFinished } from 'vitest'
import { healthTaints } from '../../../shared/controllers/node-lifecycle/health.ts'
import { createNodeLifecycleController, zonesKey } from '../../../shared/controllers/node-lifecycle/node-lifecycle.ts'
import { evictionIntervalMs, isCutOff, zoneState } from '../../../shared/controllers/node-lifecycle/zone-state.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { type Node, nodes } from '../../../shared/resources/resource.ts'
import { startTestCluster } from './environment.ts'

it.each([
  { ready: 1, notReady: 0, state: 'Normal', everyMs: 10_000 },
  { ready: 0, notReady: 1, state: 'FullDisruption', everyMs: 10_000 },
  { ready: 0, notReady: 60, state: 'FullDisruption', everyMs: 10_000 },
  { ready: 1, notReady: 2, state: 'Normal', everyMs: 10_000 },
  { ready: 1, notReady: 3, state: 'PartialDisruption', everyMs: undefined },
  { ready: 9, notReady: 11, state: 'PartialDisruption', everyMs: undefined },
  { ready: 10, notReady: 12, state: 'Normal', everyMs: 10_000 },
  { ready: 20, notReady: 30, state: 'PartialDisruption', everyMs: undefined },
  { ready: 20, notReady: 31, state: 'PartialDisruption', everyMs: 100_000 },
])('a zone of $ready ready and $notReady other nodes is in $state', ({ state, everyMs, ...zone }) => {
  expect([zoneState(zone), evictionIntervalMs(zone)]).toEqual([state, everyMs])
})

it.each([
  { zones: [], cutOff: false },
  { zones: ['01'], cutOff: true },
  { zones: ['01', '03'], cutOff: true },
  { zones: ['01', '10'], cutOff: false },
  { zones: ['01', '13'], cutOff: false },
])('zones (ready, not ready) $zones: is cut off: $cutOff', ({ zones, cutOff }) => {
  expect(isCutOff(zones.map(([ready, notReady]) => ({ ready: Number(ready), notReady: Number(notReady) })))).toBe(cutOff)
})

const tainted = (effects: readonly string[], status = 'Unknown') =>
  ({
    metadata: { name: 'n' },
    spec: { taints: effects.map((effect) => ({ key: 'node.kubernetes.io/not-ready', effect })) },
    status: { conditions: [{ type: 'Ready', status }] },
  }) as unknown as Node

it.each([
  { evict: 'begin', before: [], after: ['NoSchedule', 'NoExecute'] },
  { evict: 'keep', before: [], after: ['NoSchedule'] },
  // Another reason takes the place of the one before.
  { evict: 'keep', before: ['NoSchedule', 'NoExecute'], after: ['NoSchedule', 'NoExecute'] },
  { evict: 'end', before: ['NoSchedule', 'NoExecute'], after: ['NoSchedule'] },
] as const)('$evict of moving pods makes of taints $before $after', ({ evict, before, after }) => {
  const taints = healthTaints(tainted(before), { evict, now: 'now' })
  expect(taints?.map(({ key, effect }) => `${key} ${effect}`)).toEqual(
    after.map((effect) => `node.kubernetes.io/unreachable ${effect}`),
  )
})

describe('pods of nodes that are not ready', () => {
  /** Nodes `<zone><number>`; what `step` did, each time. */
  const start = async (names: readonly string[], labelsOf: (name: string) => Record<string, string> = () => ({})) => {
    let nowMs = Date.UTC(2026, 0, 1)
    const clock = { now: () => nowMs, sleep: async () => undefined }
    const controller = createNodeLifecycleController({ heartbeats: { all: async () => new Map() } })
    const cluster = await startTestCluster({ controllers: [] })
    onTestFinished(() => cluster.stop())
    for (const name of names)
      await cluster.addNode(name, { labels: { 'topology.kubernetes.io/zone': name[0]!, ...labelsOf(name) } })
    const set = async (status: string, ...changed: string[]) => {
      for (const name of changed) {
        const lastTransitionTime = new Date(nowMs).toISOString().replace('.000', '')
        const body = { status: { conditions: [{ type: 'Ready', status, lastTransitionTime }] } }
        await cluster.client.patch(nodes, '', name, { type: 'strategic', body }, { subresource: 'status' })
      }
    }
    const step = async (seconds = 0) => {
      nowMs += seconds * 1000
      await cluster.cache.sync()
      const result = await controller.reconcile(zonesKey, {
        client: cluster.client,
        cache: cluster.cache,
        clock,
        log: createLogger({ write: () => undefined }),
        events: { record: async () => undefined },
      })
      await cluster.cache.sync()
      const moving = cluster.cache
        .list(nodes)
        .filter(({ spec }) => spec.taints?.some(({ effect }) => effect === 'NoExecute'))
        .map(({ metadata }) => metadata.name)
      return [moving.toSorted().join(' '), result?.requeueAfter]
    }
    return { set, step }
  }

  it('move when the one node of a zone is down and another zone is not', async () => {
    const { set, step } = await start(['a1', 'b1'])
    await set('Unknown', 'a1')
    expect(await step()).toEqual(['a1', undefined])
  })

  it('move one node after the other in each zone, whoever is unready for longest first', async () => {
    const { set, step } = await start(['a1', 'a2', 'b1', 'b2', 'c1', 'c2'])
    await set('Unknown', 'a2', 'b1')
    expect(await step(1)).toEqual(['a2 b1', undefined])
    await set('Unknown', 'a1')
    expect(await step(4)).toEqual(['a2 b1', 6000])
    expect(await step(6)).toEqual(['a1 a2 b1', undefined])
  })

  it('move at the normal rate from a zone that is wholly down', async () => {
    const { set, step } = await start(['a1', 'a2', 'a3', 'b1'])
    await set('Unknown', 'a1', 'a2', 'a3')
    expect(await step()).toEqual(['a1', 10_000])
    expect(await step(10)).toEqual(['a1 a2', 10_000])
    expect(await step(10)).toEqual(['a1 a2 a3', undefined])
  })

  it('stay when every zone is down, though some had begun to move, and move when one is back', async () => {
    const { set, step } = await start(['a1', 'a2', 'b1'])
    await set('Unknown', 'a1', 'a2')
    expect(await step()).toEqual(['a1', 10_000])
    await set('Unknown', 'b1')
    expect(await step(10)).toEqual(['', undefined])
    await set('True', 'b1')
    expect(await step(10)).toEqual(['a1', 10_000])
  })

  it('stay in a small zone that has lost most of its nodes, except where they had begun to move', async () => {
    const { set, step } = await start(['a1', 'a2', 'a3', 'a4'])
    await set('Unknown', 'a1')
    expect(await step()).toEqual(['a1', undefined])
    await set('Unknown', 'a2', 'a3')
    expect(await step(60)).toEqual(['a1', undefined])
  })

  const excluded = { 'node.kubernetes.io/exclude-disruption': '' }
  it.each([
    { which: 'that are up do not count', ready: 'b1', down: ['a1', 'a2'], out: 'b1', expected: ['', undefined] },
    { which: 'that are down do not count', ready: 'a1', down: ['b1', 'b2', 'b3'], out: 'b', expected: ['b1', 10_000] },
    { which: 'that are all there are move', ready: 'a1', down: ['b1', 'b2'], out: '', expected: ['b1', 10_000] },
  ])('of nodes that say nothing of their zone, those $which', async ({ ready, down, out, expected }) => {
    const { set, step } = await start([ready, ...down], (name) => (name.startsWith(out) ? excluded : {}))
    await set('Unknown', ...down)
    expect(await step()).toEqual(expected)
  })

  it('go by the older labels of a zone where there are some', async () => {
    const { set, step } = await start(['a1', 'a2', 'a3', 'a4'], (name) => ({ 'failure-domain.beta.kubernetes.io/zone': name }))
    await set('Unknown', 'a2', 'a3', 'a4')
    expect(await step()).toEqual(['a2 a3 a4', undefined])
  })
})
