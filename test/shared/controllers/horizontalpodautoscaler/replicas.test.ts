import { describe, expect, it } from 'vitest'
import {
  byAverage,
  byShare,
  byUtilization,
  byValue,
  type Surroundings,
} from '../../../../shared/controllers/horizontalpodautoscaler/replicas.ts'
import type { PodSamples } from '../../../../shared/controllers/horizontalpodautoscaler/samples.ts'
import type { Pod } from '../../../../shared/resources/resource.ts'

const nowMs = Date.UTC(2026, 0, 1)
const at = (agoMs: number) => new Date(nowMs - agoMs).toISOString()
const minute = 60_000

interface PodShape {
  /** thousandths of a processor; undefined: it says nothing */
  readonly uses?: number | undefined
  readonly asks?: string | undefined
  readonly phase?: string
  readonly ready?: boolean | undefined
  readonly readyAgoMs?: number
  readonly startedAgoMs?: number
  readonly deleted?: boolean
}

/** Long ready unless said otherwise. */
const podsOf = (shapes: readonly PodShape[]): { pods: Pod[]; samples: PodSamples } => ({
  pods: shapes.map((shape, index): Pod => {
    const { asks = '1', phase = 'Running', ready = true, readyAgoMs = 3 * minute, startedAgoMs = 30 * minute, deleted } = shape
    return {
      metadata: { name: `pod-${index}`, ...(deleted ? { deletionTimestamp: at(0) } : {}) },
      spec: { containers: [{ name: 'a', resources: { requests: { cpu: asks } } }] },
      status: {
        phase,
        startTime: at(startedAgoMs),
        conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: at(readyAgoMs) }],
      },
    }
  }),
  samples: new Map(
    shapes.flatMap(({ uses }, index) =>
      uses === undefined ? [] : [[`pod-${index}`, { milli: uses, atMs: nowMs, windowMs: minute }] as const],
    ),
  ),
})

const around = (pods: readonly Pod[], changes: Partial<Surroundings> = {}): Surroundings => ({
  ...{ specReplicas: pods.length, statusReplicas: pods.length, pods, tolerances: { down: 0.1, up: 0.1 }, nowMs },
  ...changes,
})

const unready = { ready: false, startedAgoMs: 2 * minute, readyAgoMs: 2 * minute }
/** ready for less than a window */
const hot = { startedAgoMs: 2 * minute, readyAgoMs: 30_000 }
const failed = { phase: 'Failed' }
const uses = (...amounts: (number | undefined)[]): PodShape[] => amounts.map((amount) => ({ uses: amount }))

describe('by what pods use of what they ask for', () => {
  const proposed = (shapes: readonly PodShape[], target: number, changes?: Partial<Surroundings>) => {
    const { pods, samples } = podsOf(shapes)
    return byUtilization(samples, { target, resource: 'cpu', container: '' }, around(pods, changes))
  }

  it.each<[string, readonly PodShape[], number, number, number]>([
    ['more than the target: more pods', uses(300, 500, 700), 30, 5, 50],
    ['less than the target: fewer pods', uses(100, 300, 500, 250, 250), 50, 3, 28],
    ['within a tenth: as many', uses(1010, 1030, 1020), 100, 3, 102],
    ['a fraction of a pod is one', uses(300, 400, 500), 35, 4, 40],
    [
      'pods that are not ready yet count as if they used nothing, upwards',
      [{ uses: 300, ...unready }, ...uses(500, 700)],
      30,
      4,
      60,
    ],
    ['so do those that became ready within the window', [{ uses: 300, ...hot }, ...uses(500, 700)], 30, 4, 60],
    [
      'and if that leaves nothing to do, nothing is done',
      [{ uses: 400 }, { uses: 500, ...unready }, { uses: 700, ...unready }],
      30,
      3,
      40,
    ],
    [
      'but they do not count downwards',
      [{ uses: 100 }, { uses: 300 }, { uses: 500 }, { uses: 250, ...unready }, { uses: 250, ...unready }],
      50,
      2,
      30,
    ],
    [
      'nor do those within the window',
      [{ uses: 100 }, { uses: 300 }, { uses: 500 }, { uses: 250, ...hot }, { uses: 250, ...hot }],
      50,
      2,
      30,
    ],
    ['failed pods are none', [...uses(500, 700), { uses: 300, ...failed }, { ...failed }], 30, 4, 60],
    ['nor are those that are being deleted', [...uses(500, 700), { uses: 300, deleted: true }, { deleted: true }], 30, 4, 60],
    ['pods without metrics count as if they used nothing, upwards', uses(1000, undefined, undefined, undefined), 20, 5, 100],
    ['if that turns the direction, nothing is done', uses(1000, undefined), 100, 2, 100],
    ['pods without metrics count as if they used all that they ask for, downwards', uses(100, undefined), 100, 2, 10],
    ['or as much as the target, where that is more', uses(100, 100, undefined), 300, 2, 10],
    ['metrics of nobody that is known count for nothing', uses(0, 0), 50, 0, 0],
    ['pods that wait for a node are not ready', [...uses(100, 100), { phase: 'Pending' }], 50, 1, 10],
  ])('%s', (_what, shapes, target, replicas, utilization) => {
    expect(proposed(shapes, target)).toMatchObject({ replicas, utilization })
  })

  it('heeds no more than the tolerance says, upwards and downwards', () => {
    const tolerances = { down: 0.4, up: 0.2 }
    expect(proposed(uses(1190, 1190), 100, { tolerances }).replicas).toBe(2)
    expect(proposed(uses(1210, 1210), 100, { tolerances }).replicas).toBe(3)
    expect(proposed(uses(610, 610), 100, { tolerances }).replicas).toBe(2)
    expect(proposed(uses(490, 490), 100, { tolerances }).replicas).toBe(1)
  })

  it('counts the pods that there are, more than there should be while a rollout goes on', () => {
    expect(proposed(uses(100, 100), 50, { specReplicas: 1 }).replicas).toBe(1)
  })

  it('ignores what is said of pods that the selector does not match', () => {
    const { pods, samples } = podsOf(uses(1000, 2000, 3000, 4000))
    const more = new Map([...samples, ['other', { milli: 9000, atMs: nowMs, windowMs: minute }]])
    expect(byUtilization(more, { target: 100, resource: 'cpu', container: '' }, around(pods)).replicas).toBe(10)
  })

  it.each<[string, readonly PodShape[], string]>([
    ['no pods', [], 'no pods returned by selector while calculating replica count'],
    [
      'nothing but pods that start',
      [{ uses: 1, ...unready }],
      'did not receive metrics for targeted pods (pods might be unready)',
    ],
    ['no metrics', [{}], 'did not receive metrics for targeted pods (pods might be unready)'],
    ['requests of nothing', [{ uses: 1, asks: '0' }], 'no metrics returned matched known pods'],
  ])('says what is missing: %s', (_what, shapes, message) => {
    expect(() => proposed(shapes, 50)).toThrow(message)
  })

  it.each<[string, string, Pod['spec'], string | number]>([
    ['a container', '', { containers: [{ name: 'a' }] }, 'missing request for cpu in container a of Pod pod-0'],
    ['the container asked for', 'b', { containers: [{ name: 'a' }] }, 'container b not found in Pod pod-0'],
    [
      'all containers and sidecars',
      '',
      {
        containers: [{ name: 'a', resources: { requests: { cpu: '1' } } }],
        initContainers: [
          { name: 'side', restartPolicy: 'Always', resources: { requests: { cpu: '1' } } },
          { name: 'first', resources: { requests: { cpu: '9' } } },
        ],
      },
      50,
    ],
    ['the pod as a whole', '', { resources: { requests: { cpu: '4' } }, containers: [{ name: 'a' }] }, 25],
    [
      'a pod that says nothing of it',
      '',
      { resources: { requests: { memory: '4' } }, containers: [{ name: 'a' }] },
      'missing pod-level request for cpu in Pod pod-0',
    ],
    [
      'one container of a pod that asks as a whole',
      'a',
      { resources: { requests: { cpu: '4' } }, containers: [{ name: 'a', resources: { requests: { cpu: '500m' } } }] },
      200,
    ],
  ])('measures by the requests of %s', (_what, containerName, spec, expected) => {
    const { pods, samples } = podsOf(uses(1000))
    const run = () =>
      byUtilization(samples, { target: 1, resource: 'cpu', container: containerName }, around([{ ...pods[0]!, spec }]))
        .utilization
    if (typeof expected === 'number') expect(run()).toBe(expected)
    else expect(run).toThrow(expected)
  })

  it.each<[string, PodShape, boolean]>([
    ['young, and not ready', { startedAgoMs: minute, ready: false, readyAgoMs: minute }, false],
    ['young, and ready since before the window', { startedAgoMs: 3 * minute, readyAgoMs: 2 * minute }, true],
    ['young, and ready since a moment', { startedAgoMs: 3 * minute, readyAgoMs: 1000 }, false],
    ['old, and unready since its start', { startedAgoMs: 10 * minute, ready: false, readyAgoMs: 10 * minute }, false],
    ['old, and unready since later', { startedAgoMs: 10 * minute, ready: false, readyAgoMs: 9 * minute }, true],
    ['old, and ready since a moment', { startedAgoMs: 10 * minute, readyAgoMs: 1000 }, true],
  ])('a pod is looked at for its processor time: %s', (_what, shape, counts) => {
    const { utilization } = proposed([...uses(100), { uses: 300, ...shape }], 20)
    expect(utilization).toBe(counts ? 20 : 10)
  })

  it('looks at memory however young a pod is', () => {
    const { pods, samples } = podsOf([{ uses: 1000, ...unready }])
    const [pod] = pods
    const spec = { containers: [{ name: 'a', resources: { requests: { memory: '1' } } }] }
    expect(byUtilization(samples, { target: 50, resource: 'memory', container: '' }, around([{ ...pod!, spec }])).replicas).toBe(
      2,
    )
  })
})

describe('by an average', () => {
  const proposed = (shapes: readonly PodShape[], targetMilli: number, resource?: string) => {
    const { pods, samples } = podsOf(shapes)
    return byAverage(samples, { targetMilli, ...(resource ? { resource } : {}) }, around(pods))
  }

  it.each<[string, readonly PodShape[], number, number, number]>([
    ['above', uses(20_000, 10_000, 30_000), 15_000, 4, 20_000],
    ['below', uses(12_000, 12_000, 12_000, 12_000, 12_000), 20_000, 3, 12_000],
    ['within a tenth', uses(20_000, 21_000, 21_000), 20_000, 3, 20_666],
    [
      'pods that start count, for it is no processor time',
      [{ uses: 50_000, ...hot }, { uses: 10_000, ...unready }, { uses: 30_000 }],
      15_000,
      6,
      30_000,
    ],
    ['a pod without metrics uses the target, downwards', uses(5_000, undefined), 10_000, 2, 5_000],
    ['and nothing upwards', uses(30_000, undefined), 10_000, 3, 30_000],
  ])('%s', (_what, shapes, target, replicas, usageMilli) => {
    expect(proposed(shapes, target)).toEqual({ replicas, usageMilli })
  })

  it('heeds that processor time of a pod that starts is no usual one', () => {
    expect(proposed([{ uses: 300, ...unready }, ...uses(500, 700)], 300, 'cpu').replicas).toBe(4)
  })
})

describe('by one value', () => {
  const three = podsOf(uses(1, 1, 1)).pods
  const one = podsOf([{ uses: 1 }, { uses: 1, ...unready }, { uses: 1, ...unready }]).pods

  it.each<[string, number, number, Partial<Surroundings>, number]>([
    ['above', 20_000, 15_000, { pods: three, specReplicas: 3 }, 4],
    ['below', 12_000, 20_000, { pods: three, specReplicas: 3 }, 2],
    ['within a tenth', 20_666, 20_000, { pods: three, specReplicas: 3 }, 3],
    ['pods that are not ready have no part in it', 50_000, 15_000, { pods: one, specReplicas: 3 }, 4],
    ['none there, and something to do', 45_000, 20_000, { pods: [], specReplicas: 0 }, 3],
    ['none there, and a little to do', 1, 20_000, { pods: [], specReplicas: 0 }, 1],
    ['nothing to do', 0, 20_000, { pods: three, specReplicas: 3 }, 0],
    ['as much as a quantity holds', 2 ** 63, 1, { pods: three, specReplicas: 3 }, 2 ** 31 - 1],
  ])('%s', (_what, usage, target, changes, replicas) => {
    expect(byValue(usage, target, around([], changes)).replicas).toBe(replicas)
  })

  it('has to know the pods, where it counts them', () => {
    const message = 'unable to calculate ready pods: no pods returned by selector while calculating replica count'
    expect(() => byValue(9, 1, around([], { specReplicas: 2 }))).toThrow(message)
  })

  it.each<[string, number, number, number, number, number]>([
    ['above', 8_600, 2_150, 3, 4, 2_867],
    ['below', 5_000, 2_000, 5, 3, 1_000],
    ['within a tenth', 8_000, 2_000, 4, 4, 2_000],
    ['nobody to share it', 5_000, 2_000, 0, 3, 5_000],
    ['nothing, and nobody', 0, 2_000, 0, 0, 0],
    ['as much as a quantity holds', 2 ** 63, 1, 3, 2 ** 31 - 1, Math.ceil(2 ** 63 / 3)],
  ])('by shares: %s', (_what, usage, target, statusReplicas, replicas, usageMilli) => {
    expect(byShare(usage, target, around([], { statusReplicas }))).toEqual({ replicas, usageMilli })
  })
})
