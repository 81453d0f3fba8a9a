import { expect, it } from 'vitest'
import { isAtRest } from '../../../shared/controllers/horizontalpodautoscaler/at-rest.ts'
import { createMovedAutoscalers } from '../../../shared/dispatch/moved-autoscalers.ts'
import type { NodeUsage } from '../../../shared/resources/metrics/node-usage.ts'
import type { HorizontalPodAutoscaler } from '../../../shared/resources/resource.ts'

const minute = 60_000

const autoscaler = (
  name: string,
  namespace = 'default',
  {
    metric = 'Resource',
    reasons = {},
    desiredReplicas = 2,
  }: { metric?: string; reasons?: Record<string, string>; desiredReplicas?: number } = {},
) => {
  const said = {
    AbleToScale: 'ReadyForNewScale',
    ScalingActive: 'ValidMetricFound',
    ScalingLimited: 'DesiredWithinRange',
    ...reasons,
  }
  const conditions = Object.entries(said).map(([type, reason]) => ({
    ...{ type, reason, status: /^(Failed|ScalingDisabled)/.test(reason) ? 'False' : 'True' },
  }))
  return {
    metadata: { namespace, name },
    spec: { metrics: [{ type: metric }] },
    status: { conditions, currentReplicas: 2, desiredReplicas },
  } as unknown as HorizontalPodAutoscaler
}

const usage = (namespace: string, cpuNanoCores: number, uid = namespace): NodeUsage => {
  const span = { atMs: 0, windowMs: minute }
  const containers = [{ name: 'a', cpuNanoCores, memoryBytes: 0 }]
  return { ...span, cpuNanoCores, memoryBytes: 0, pods: [{ ...span, namespace, name: 'one', uid, containers }] }
}

const newClock = (all: HorizontalPodAutoscaler[]) => {
  let nowMs = 0
  let reads = 0
  let sent: string[] = []
  const usages = new Map([
    ['node-1', usage('default', 1e9)],
    ['node-2', usage('other', 1e9)],
  ])
  const look = createMovedAutoscalers({
    heartbeats: {
      usages: async () => {
        reads++
        return new Map(usages)
      },
    },
    cache: { sync: async () => undefined, list: () => all } as never,
    queues: { send: async (works) => void sent.push(...works.map(({ work }) => work.key)) },
    clock: { now: () => nowMs, sleep: async () => undefined },
  })
  return {
    usages,
    reads: () => reads,
    rings: async () => {
      nowMs += minute
      sent = []
      await look()
      return sent
    },
  }
}

it('looks at all at first, then at those whose pods use something else, and at each every five minutes', async () => {
  const { rings, usages } = newClock([autoscaler('a'), autoscaler('b', 'other')])
  expect(await rings()).toEqual(['default/a', 'other/b'])
  expect(await rings()).toEqual([])
  usages.set('node-2', usage('other', 1.01e9))
  expect(await rings()).toEqual([])
  usages.set('node-2', usage('other', 2e9))
  expect(await rings()).toEqual(['other/b'])
  usages.set('node-1', usage('default', 1e9, 'another'))
  expect(await rings()).toEqual(['default/a'])
  usages.delete('node-1')
  expect(await rings()).toEqual(['default/a'])
  expect([await rings(), await rings(), await rings()]).toEqual([[], [], ['other/b']])
})

it('reads nothing of nodes while there is no autoscaler', async () => {
  const { rings, reads } = newClock([])
  expect([await rings(), await rings(), reads()]).toEqual([[], [], 0])
})

it.each<[string, HorizontalPodAutoscaler, boolean]>([
  ['that has what it wants', autoscaler('a'), true],
  ['whose target has the most that it may', autoscaler('a', 'x', { reasons: { ScalingLimited: 'TooManyReplicas' } }), true],
  [
    'of a target that was scaled to zero',
    autoscaler('a', 'x', { reasons: { ScalingActive: 'ScalingDisabled', AbleToScale: 'SucceededGetScale' } }),
    true,
  ],
  ['that waits to scale down', autoscaler('a', 'x', { reasons: { AbleToScale: 'ScaleDownStabilized' } }), false],
  ['that has just scaled', autoscaler('a', 'x', { reasons: { AbleToScale: 'SucceededRescale' } }), false],
  ['that may not scale so fast', autoscaler('a', 'x', { reasons: { ScalingLimited: 'ScaleUpLimit' } }), false],
  ['that has no metrics', autoscaler('a', 'x', { reasons: { ScalingActive: 'FailedGetResourceMetric' } }), false],
  ['whose target is on its way', autoscaler('a', 'x', { desiredReplicas: 3 }), false],
  ['by metrics that another server has', autoscaler('a', 'x', { metric: 'External' }), false],
  ['that nobody has looked at', { metadata: { name: 'a' }, spec: {} } as never, false],
])('an autoscaler %s: at rest %s', (_what, object, rest) => {
  expect(isAtRest(object)).toBe(rest)
})
