import { expect, it } from 'vitest'
import type { ContainerStats, RuntimeContainer, RuntimePod } from '../../../agent/runtime/runtime.ts'
import { UsageMeter } from '../../../agent/usage/usage-meter.ts'
import { UsageReporter } from '../../../agent/usage/usage-reporter.ts'
import { hasMoved } from '../../../shared/resources/metrics/moved.ts'
import type { NodeUsage } from '../../../shared/resources/metrics/node-usage.ts'

const begunMs = 1_000_000
const second = 1_000_000_000

const container = (name: string, startedAt: number, changes: Partial<RuntimeContainer> = {}) =>
  ({ id: `${name}-1`, name, sandboxId: 's', state: 'running', startedAt, createdAt: startedAt, ...changes }) as RuntimeContainer

/** A node whose clock and counters the test moves. */
const newNode = (...containers: RuntimeContainer[]) => {
  let nowMs = begunMs
  const pod: RuntimePod = { uid: 'u', namespace: 'default', name: 'one', sandboxes: [], containers }
  const pods = [pod]
  const counters: Record<string, ContainerStats | undefined> = {}
  const use = (name: string, cpuNanoseconds: number, memoryWorkingSetBytes = 7) => {
    counters[name] = { cpuNanoseconds, memoryBytes: 2 * memoryWorkingSetBytes, memoryWorkingSetBytes }
  }
  const meter = new UsageMeter({
    runtime: {
      pods: () => pods,
      stats: async (id) => {
        const found = counters[id]
        if (!found) throw new Error('it does not run')
        return found
      },
    },
    nodeStats: async (sum) => sum,
    now: () => nowMs,
  })
  return { use, pods, meter, pass: (ms: number) => (nowMs += ms), now: () => nowMs }
}

it('measures how much of a processor each container used since the look before, and its working set', async () => {
  const { use, meter, pass } = newNode(container('a', begunMs - 60_000), container('b', begunMs - 60_000))
  use('a-1', 5 * second)
  use('b-1', 9 * second)
  expect(await meter.measure()).toBeUndefined()
  pass(10_000)
  use('a-1', 7.5 * second, 1000)
  use('b-1', 9 * second, 2000)
  expect(await meter.measure()).toEqual({
    ...{ atMs: begunMs + 10_000, windowMs: 10_000, cpuNanoCores: second / 4, memoryBytes: 3000 },
    pods: [
      {
        ...{ atMs: begunMs + 10_000, windowMs: 10_000, namespace: 'default', name: 'one', uid: 'u' },
        containers: [
          { name: 'a', cpuNanoCores: second / 4, memoryBytes: 1000 },
          { name: 'b', cpuNanoCores: 0, memoryBytes: 2000 },
        ],
      },
    ],
  })
})

it.each([
  ['just started', container('b', begunMs + 9_000), undefined],
  ['started ten seconds ago: since its start', container('b', begunMs + 2_000), [10_000, second / 5]],
])('a pod of which one container %s', async (_what, late, expected) => {
  const { use, meter, pass, pods } = newNode(container('a', begunMs - 60_000))
  use('a-1', 0)
  await meter.measure()
  pass(12_000)
  pods[0] = { ...pods[0]!, containers: [...pods[0]!.containers, late] }
  use('b-1', 2 * second)
  const measured = (await meter.measure())?.pods[0]?.containers.find(({ name }) => name === 'b')
  expect(measured?.cpuNanoCores).toBe(expected?.[1])
})

it.each([
  ['ended', { state: 'exited' as const }, 'a', ['a']],
  ['is not there any more when it is looked at', {}, '-', undefined],
])('a container that %s', async (_what, change, readable, names) => {
  const { use, meter, pass } = newNode(container('a', begunMs - 60_000), container('b', begunMs - 60_000, change))
  use('a-1', 0)
  if (readable === 'b') use('b-1', 0)
  await meter.measure()
  pass(10_000)
  expect((await meter.measure())?.pods[0]?.containers.map(({ name }) => name)).toEqual(names)
})

it('takes no counter of a container before it was started again', async () => {
  const { use, meter, pass, pods } = newNode(container('a', begunMs - 60_000))
  use('a-1', 50 * second)
  await meter.measure()
  pass(15_000)
  const again = container('a', begunMs + 1_000, { id: 'a-2' })
  pods[0] = { ...pods[0]!, containers: [again, { ...pods[0]!.containers[0]!, state: 'exited' }] }
  use('a-2', 7 * second)
  const [pod] = (await meter.measure())!.pods
  expect(pod?.containers).toEqual([{ name: 'a', cpuNanoCores: second / 2, memoryBytes: 7 }])
  expect(pod?.windowMs).toBe(14_000)
})

const usage = (cpuNanoCores = second, memoryBytes = 100 << 20, name = 'a', uid = 'u'): NodeUsage => {
  const span = { atMs: begunMs, windowMs: 10_000 }
  const containers = [{ name, cpuNanoCores, memoryBytes }]
  return { ...span, cpuNanoCores: 1, memoryBytes: 1, pods: [{ ...span, namespace: 'default', name: 'one', uid, containers }] }
}

it.each([
  ['nothing', usage(), false],
  ['a little processor time', usage(1.04 * second), false],
  ['processor time', usage(0.9 * second), true],
  ['memory', usage(second, 110 << 20), true],
  ['a little memory', usage(second, 104 << 20), false],
  ['which container runs', usage(second, 100 << 20, 'b'), true],
  ['which pod runs', usage(second, 100 << 20, 'a', 'v'), true],
  ['that none runs', { ...usage(), pods: [] }, true],
])('news is when this has changed: %s', (_what, now, moved) => {
  expect(hasMoved(usage(), now)).toBe(moved)
})

it('calls little of little no news', () => {
  expect(hasMoved(usage(1_000_000, 1000), usage(2_500_000, 500_000))).toBe(false)
  expect(hasMoved(usage(1_000_000, 1000), usage(4_000_000, 1000))).toBe(true)
})

it('says again what was not heard, or not for long, and measures no more often than it should', async () => {
  let nowMs = begunMs
  let measured = 0
  const meter = {
    measure: async () => {
      measured++
      return { ...usage(), atMs: nowMs }
    },
  }
  const reporter = new UsageReporter({ meter, now: () => nowMs, everyMs: 60_000 })
  const after = (ms: number) => {
    nowMs += ms
    return reporter.news()
  }
  expect(await after(0)).toBeDefined()
  expect(await after(10_000)).toBeUndefined()
  expect(measured).toBe(1)
  const lost = await after(50_000)
  expect(lost).toBeDefined()
  reporter.told(lost!)
  expect(await after(60_000)).toBeUndefined()
  expect(measured).toBe(3)
  expect(await after(9 * 60_000)).toBeDefined()
})
