import { expect, it } from 'vitest'
import {
  type AutoscalerMemory,
  firstMemory,
  isNews,
  nothingRecommended,
  withRecommendation,
  withScaleEvent,
} from '../../../../shared/controllers/horizontalpodautoscaler/memory.ts'
import { type NormalizeInput, normalize } from '../../../../shared/controllers/horizontalpodautoscaler/normalize.ts'
import type { V2HPAScalingRules } from '../../../../shared/resources/generated/types.ts'

const nowMs = Date.UTC(2026, 0, 1)
const periodMs = 15_000
const empty: AutoscalerMemory = { selector: '', recommendations: [], ups: [], downs: [] }

const policy = (type: 'Pods' | 'Percent', value: number, periodSeconds = 60) => ({ type, value, periodSeconds })
const rules = (policies: V2HPAScalingRules['policies'], changes: Partial<V2HPAScalingRules> = {}): V2HPAScalingRules => ({
  ...{ selectPolicy: 'Max', stabilizationWindowSeconds: 0, policies },
  ...changes,
})
const free = rules([policy('Percent', 100, 15), policy('Pods', 4, 15)])
const behavior = (scaleUp: V2HPAScalingRules = free, scaleDown: V2HPAScalingRules = rules([policy('Percent', 100, 15)])) => ({
  scaleUp,
  scaleDown,
})
const scaled = (...changes: [change: number, agoSeconds: number][]) =>
  changes.map(([change, agoSeconds]) => ({ change, atMs: nowMs - agoSeconds * 1000 }))

const run = (current: number, recommended: number, changes: Partial<NormalizeInput> = {}) => {
  const { replicas, able, limited } = normalize({
    ...{ current, recommended, min: 1, max: 1000, behavior: undefined, memory: empty, nowMs, periodMs },
    ...changes,
  })
  return [replicas, able.reason, limited.reason, limited.status]
}

it.each<[string, number, number, Partial<NormalizeInput>, number, string]>([
  ['within', 5, 7, { max: 8 }, 7, 'DesiredWithinRange'],
  ['too few', 3, 1, { min: 2 }, 2, 'TooFewReplicas'],
  ['none, where that is allowed', 1, 0, { min: 0 }, 0, 'DesiredWithinRange'],
  ['too many', 20, 1000, { max: 30 }, 30, 'TooManyReplicas'],
  ['at most twice as many', 10, 50, {}, 20, 'ScaleUpLimit'],
  ['or four', 1, 50, {}, 4, 'ScaleUpLimit'],
  ['from none to four', 0, 50, { min: 0 }, 4, 'ScaleUpLimit'],
  ['down as fast as it likes', 100, 3, {}, 3, 'DesiredWithinRange'],
])('without behaviours: %s', (_what, current, recommended, changes, replicas, reason) => {
  const status = reason === 'DesiredWithinRange' ? 'False' : 'True'
  expect(run(current, recommended, changes)).toEqual([replicas, 'ReadyForNewScale', reason, status])
})

const up = (...policies: NonNullable<V2HPAScalingRules['policies']>) => behavior(rules(policies))
const down = (...policies: NonNullable<V2HPAScalingRules['policies']>) => behavior(free, rules(policies))
const changesUp = { memory: { ...empty, ups: scaled([1, 20], [5, 60], [9, 100]) } }
const changesDown = { memory: { ...empty, downs: scaled([1, 20], [5, 60], [9, 100]) } }

it.each<[string, number, number, Partial<NormalizeInput>, number, string]>([
  ['up by pods', 10, 50, { behavior: up(policy('Pods', 30)) }, 40, 'ScaleUpLimit'],
  ['up by percent', 10, 50, { behavior: up(policy('Percent', 200)) }, 30, 'ScaleUpLimit'],
  ['a percent of little is one', 3, 1000, { behavior: up(policy('Percent', 1)) }, 4, 'ScaleUpLimit'],
  ['the most of several', 10, 500, { behavior: up(policy('Pods', 100), policy('Percent', 100)) }, 110, 'ScaleUpLimit'],
  [
    'the least of several',
    10,
    500,
    { behavior: behavior(rules([policy('Pods', 100), policy('Percent', 100)], { selectPolicy: 'Min' })) },
    20,
    'ScaleUpLimit',
  ],
  ['not at all', 10, 500, { behavior: behavior(rules([policy('Pods', 9)], { selectPolicy: 'Disabled' })) }, 10, 'ScaleUpLimit'],
  ['up within what it may', 10, 50, { behavior: up(policy('Pods', 100)) }, 50, 'DesiredWithinRange'],
  ['up to the most', 100, 500, { max: 200, behavior: up(policy('Pods', 300)) }, 200, 'TooManyReplicas'],
  [
    'up, less what was added in the period',
    100,
    500,
    { behavior: up(policy('Pods', 150, 120)), ...changesUp },
    235,
    'ScaleUpLimit',
  ],
  [
    'what was added before the period is forgotten',
    100,
    500,
    { behavior: up(policy('Pods', 150, 60)), ...changesUp },
    249,
    'ScaleUpLimit',
  ],
  ['up by percent of what there was', 100, 500, { behavior: up(policy('Percent', 200, 120)), ...changesUp }, 255, 'ScaleUpLimit'],
  ['never down for what was added', 100, 500, { behavior: up(policy('Pods', 5, 120)), ...changesUp }, 100, 'ScaleUpLimit'],
  [
    'what was taken away is part of what there was',
    6,
    24,
    { behavior: up(policy('Percent', 300, 300)), memory: { ...empty, ups: scaled([4, 60]), downs: scaled([2, 60]) } },
    16,
    'ScaleUpLimit',
  ],
  ['down by pods', 10, 2, { behavior: down(policy('Pods', 5)) }, 5, 'ScaleDownLimit'],
  ['down by percent', 100, 2, { behavior: down(policy('Percent', 20)) }, 80, 'ScaleDownLimit'],
  ['down by the most', 100, 2, { behavior: down(policy('Pods', 20), policy('Percent', 1)) }, 80, 'ScaleDownLimit'],
  [
    'down by the least',
    100,
    2,
    { behavior: behavior(free, rules([policy('Pods', 20), policy('Percent', 1)], { selectPolicy: 'Min' })) },
    99,
    'ScaleDownLimit',
  ],
  [
    'not down at all',
    9,
    2,
    { behavior: behavior(free, rules([policy('Pods', 9)], { selectPolicy: 'Disabled' })) },
    9,
    'ScaleDownLimit',
  ],
  ['down to the least', 10, 0, { behavior: down(policy('Pods', 100)) }, 1, 'TooFewReplicas'],
  [
    'down, less what was taken away in the period',
    100,
    0,
    { behavior: down(policy('Percent', 50, 120)), ...changesDown },
    57,
    'ScaleDownLimit',
  ],
  ['never up for what was taken away', 100, 2, { behavior: down(policy('Pods', 5, 120)), ...changesDown }, 100, 'ScaleDownLimit'],
])('with behaviours: %s', (_what, current, recommended, changes, replicas, reason) => {
  const status = reason === 'DesiredWithinRange' ? 'False' : 'True'
  expect(run(current, recommended, changes)).toEqual([replicas, 'ReadyForNewScale', reason, status])
})

const recommended = (...list: [replicas: number, agoSeconds: number][]): AutoscalerMemory => ({
  ...empty,
  recommendations: list.map(([replicas, agoSeconds]) => ({
    ...{ replicas, sinceMs: nowMs - agoSeconds * 1000, untilMs: nowMs - agoSeconds * 1000 },
  })),
})
const windows = (upSeconds: number, downSeconds: number) => ({
  scaleUp: rules([policy('Pods', 1000)], { stabilizationWindowSeconds: upSeconds }),
  scaleDown: rules([policy('Percent', 100)], { stabilizationWindowSeconds: downSeconds }),
})

it.each<[string, number, number, Partial<NormalizeInput>, number, string]>([
  ['down to the most of five minutes', 9, 2, { memory: recommended([7, 290], [4, 100], [2, 16]) }, 7, 'ScaleDownStabilized'],
  ['what is older is forgotten', 9, 2, { memory: recommended([7, 310], [4, 100], [2, 16]) }, 4, 'ScaleDownStabilized'],
  ['to nothing of the past', 100, 5, { behavior: windows(0, 0), memory: empty }, 5, 'ReadyForNewScale'],
  [
    'down to the most of its window',
    100,
    3,
    { behavior: windows(0, 180), memory: recommended([4, 120], [5, 60], [3, 16]) },
    5,
    'ScaleDownStabilized',
  ],
  [
    'up to the least of its window',
    1,
    7,
    { behavior: windows(300, 0), memory: recommended([4, 120], [5, 60], [7, 16]) },
    4,
    'ScaleUpStabilized',
  ],
  [
    'up at once, though it waits downwards',
    1,
    9,
    { behavior: windows(0, 300), memory: recommended([4, 120], [5, 16]) },
    9,
    'ReadyForNewScale',
  ],
  [
    'down at once, though it waits upwards',
    100,
    3,
    { behavior: windows(300, 0), memory: recommended([1, 120], [2, 16]) },
    3,
    'ReadyForNewScale',
  ],
  [
    'stays between the least and the most',
    5,
    9,
    { behavior: windows(300, 300), memory: recommended([3, 120], [9, 16]) },
    5,
    'ScaleUpStabilized',
  ],
  [
    'five minutes, where a behaviour says nothing of it',
    9,
    2,
    {
      behavior: { scaleUp: free, scaleDown: { selectPolicy: 'Max', policies: [policy('Percent', 100)] } },
      memory: recommended([7, 290], [2, 16]),
    },
    7,
    'ScaleDownStabilized',
  ],
])('follows %s', (_what, current, wanted, changes, replicas, reason) => {
  expect(run(current, wanted, changes).slice(0, 2)).toEqual([replicas, reason])
})

it('takes a recommendation to have gone on until another came, or nothing could be recommended', () => {
  const later = (seconds: number) => ({ nowMs: nowMs + seconds * 1000, periodMs })
  const first = firstMemory(5, nowMs)
  const same = withRecommendation(first, 5, later(600))
  expect(isNews(first, same)).toBe(false)
  const lower = withRecommendation(first, 2, later(615))
  expect(isNews(first, lower)).toBe(true)
  expect(lower.recommendations).toEqual(withRecommendation(same, 2, later(615)).recommendations)
  const at = (memory: AutoscalerMemory, seconds: number) => run(5, 2, { memory, ...later(seconds) })[0]
  expect([at(lower, 615 + 270), at(lower, 615 + 330)]).toEqual([5, 2])
  const broken = withRecommendation(first, nothingRecommended, later(15))
  expect([at(broken, 290), at(broken, 330)]).toEqual([5, 2])
})

it('has news when it scaled', () => {
  const before = firstMemory(5, nowMs)
  const after = withScaleEvent(before, 3, nowMs)
  expect(isNews(before, after)).toBe(true)
  expect(withScaleEvent(after, -2, nowMs + 1)).toMatchObject({ ups: [{ change: 3 }], downs: [{ change: 2 }] })
  expect(withScaleEvent(after, -2, nowMs + 2 * 3_600_000).ups).toEqual([])
})
