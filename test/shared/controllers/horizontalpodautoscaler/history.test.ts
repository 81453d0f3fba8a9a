import { expect, it } from 'vitest'
import {
  type AutoscalerMemory,
  firstMemory,
  isNews,
  nothingRecommended,
  withRecommendation,
  withScaleEvent,
} from '../../../../shared/controllers/horizontalpodautoscaler/memory.ts'
import { normalize } from '../../../../shared/controllers/horizontalpodautoscaler/normalize.ts'
import type { V2HorizontalPodAutoscalerBehavior, V2HPAScalingRules } from '../../../../shared/resources/generated/types.ts'

const periodMs = 15_000
const startMs = Date.UTC(2026, 0, 1)
const seeds = Array.from({ length: 300 }, (_, index) => index + 1)

/** The same numbers for a seed (mulberry32). */
const numbersOf = (seed: number) => {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const from = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return { from, one: <T>(...choices: readonly T[]): T => choices[from(0, choices.length - 1)]! }
}
type Numbers = ReturnType<typeof numbersOf>

const someRules = ({ from, one }: Numbers): V2HPAScalingRules => ({
  selectPolicy: one('Max', 'Min', 'Disabled', 'Max'),
  stabilizationWindowSeconds: one(0, 0, 30, 60, 300, 600),
  policies: Array.from({ length: from(1, 3) }, () => ({
    type: one('Pods', 'Percent'),
    value: from(1, 200),
    periodSeconds: one(15, 30, 60, 300, 1800),
  })),
})

interface Step {
  readonly nowMs: number
  readonly before: number
  readonly after: number
  readonly recommended: number
}

interface World {
  readonly min: number
  readonly max: number
  readonly behavior: V2HorizontalPodAutoscalerBehavior | undefined
}

/** What becomes of recommendations, every period; a memory is kept only when there is news in it, as by a function that ends. */
const history = (world: World, recommendations: readonly number[], { forgetful }: { forgetful: boolean }): Step[] => {
  let current = world.min
  let kept: AutoscalerMemory = firstMemory(current, startMs)
  return recommendations.map((recommended, index) => {
    const nowMs = startMs + index * periodMs
    const before = current
    const skipped = recommended === nothingRecommended
    current = skipped ? current : normalize({ ...world, current, recommended, memory: kept, nowMs, periodMs }).replicas
    let memory = withRecommendation(kept, recommended, { nowMs, periodMs })
    if (current !== before) memory = withScaleEvent(memory, current - before, nowMs)
    if (!forgetful || isNews(kept, memory)) kept = memory
    return { nowMs, before, after: current, recommended }
  })
}

const worldOf = (numbers: Numbers): World => {
  const min = numbers.from(0, 5)
  const behavior = numbers.one(true, true, false) ? { scaleUp: someRules(numbers), scaleDown: someRules(numbers) } : undefined
  return { min, max: min + numbers.from(1, 200), behavior }
}

const someLoad = (numbers: Numbers): number[] => {
  let level = numbers.from(0, 50)
  return Array.from({ length: 120 }, () => {
    if (numbers.from(1, 6) === 1) level = numbers.one(numbers.from(0, 300), nothingRecommended, numbers.from(0, 10))
    return level
  })
}

it.each(seeds)('stays within its bounds, and no faster than its policies allow: seed %d', (seed) => {
  const numbers = numbersOf(seed)
  const world = worldOf(numbers)
  const steps = history(world, someLoad(numbers), { forgetful: true })
  for (const { before, after } of steps) {
    expect(after).toBeGreaterThanOrEqual(world.min)
    expect(after).toBeLessThanOrEqual(world.max)
    if (!world.behavior) expect(after).toBeLessThanOrEqual(Math.max(world.min, 2 * before, 4))
  }
  const { scaleUp, scaleDown } = world.behavior ?? {}
  for (const [last, step] of steps.entries()) {
    if (scaleUp && step.after > step.before) expect(isAllowed(scaleUp, steps, last, (begin, value) => begin + value)).toBe(true)
    if (scaleDown && step.after < step.before)
      expect(isAllowed(scaleDown, steps, last, (begin, value) => begin - value)).toBe(true)
  }
})

/** Whether policies, of which `Min` needs all and `Max` one, allow what became of the replicas since each of their periods began. */
const isAllowed = (
  { selectPolicy, policies = [] }: V2HPAScalingRules,
  steps: readonly Step[],
  last: number,
  away: (begin: number, value: number) => number,
): boolean => {
  const step = steps[last]!
  const allows = ({ type, value, periodSeconds }: (typeof policies)[number]) => {
    const begin = steps.find(({ nowMs }) => nowMs > step.nowMs - periodSeconds * 1000)!.before
    const bound = away(begin, type === 'Pods' ? value : Math.ceil((begin * value) / 100))
    return step.after > step.before ? step.after <= bound : step.after >= bound
  }
  if (selectPolicy === 'Disabled') return false
  return selectPolicy === 'Min' ? policies.every(allows) : policies.some(allows)
}

it.each(seeds)('decides the same whether it remembers every look or only what was news: seed %d', (seed) => {
  const numbers = numbersOf(seed)
  const world = worldOf(numbers)
  const load = someLoad(numbers)
  expect(history(world, load, { forgetful: true })).toEqual(history(world, load, { forgetful: false }))
})

it.each(seeds)('is at rest after a while of the same load, and stays so: seed %d', (seed) => {
  const numbers = numbersOf(seed)
  // a percentage of none is none: nothing leads from there
  const world = { ...worldOf(numbers), min: 1 }
  const level = numbers.from(0, 300)
  const load = [...someLoad(numbers), ...Array<number>(1000).fill(level)]
  // what was recommended in the longest window counts until it is over
  const steps = history(world, load, { forgetful: true }).slice(120 + 600_000 / periodMs)
  const changes = steps.filter(({ before, after }) => before !== after)
  const directions = new Set(changes.map(({ before, after }) => Math.sign(after - before)))
  expect(directions.size).toBeLessThanOrEqual(1)
  const blocked = [world.behavior?.scaleUp, world.behavior?.scaleDown].some((rules) => rules?.selectPolicy === 'Disabled')
  if (!blocked) expect(steps.at(-1)!.after).toBe(Math.min(Math.max(level, world.min), world.max))
})

it.each(seeds)('stabilizes as one that keeps every recommendation with its time: seed %d', (seed) => {
  const numbers = numbersOf(seed)
  const world = { ...worldOf(numbers), behavior: undefined }
  const load = someLoad(numbers)
  const samples: { replicas: number; atMs: number }[] = [{ replicas: world.min, atMs: startMs }]
  let current = world.min
  const expected = load.map((recommended, index) => {
    if (recommended === nothingRecommended) return current
    const nowMs = startMs + index * periodMs
    const recent = samples.filter(({ atMs }) => atMs >= nowMs - 300_000).map(({ replicas }) => replicas)
    const stabilized = Math.max(recommended, ...recent)
    samples.push({ replicas: recommended, atMs: nowMs })
    current = Math.max(world.min, Math.min(stabilized, world.max, Math.max(2 * current, 4)))
    return current
  })
  expect(history(world, load, { forgetful: true }).map(({ after }) => after)).toEqual(expected)
})
