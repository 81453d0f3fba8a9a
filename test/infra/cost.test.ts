import { expect, it } from 'vitest'
import { readConfiguration } from '../../infra/configuration.ts'
import { idleCost, total, watchHourCost } from '../../infra/cost.ts'
import { metricNames } from '../../shared/platform/metrics.ts'

/** as `stacks.test.ts` counts them in the templates */
const cluster = {
  triggers: { always: { fifo: 1, standard: 1 }, withNodes: { fifo: 2, standard: 1 } },
  alarms: 10,
  metrics: Object.keys(metricNames).length,
}

it('idles for under a dollar a month without nodes, however often triggers poll', () => {
  for (const triggerPolls of [0.26e6, 0.45e6, 0.65e6]) {
    expect(total(idleCost({ ...cluster, triggerPolls }))).toBeLessThan(1)
  }
  expect(total(idleCost({ ...cluster, freeQueueRequests: 0 }))).toBeLessThan(1.2)
})

it('idles for under five dollars a month with ten nodes, instances aside', () => {
  expect(total(idleCost({ ...cluster, nodes: 10 }))).toBeLessThan(5)
})

it('holds a watch open for under a cent an hour', () => {
  expect(watchHourCost(readConfiguration(() => undefined))).toBeLessThan(0.01)
})

it('counts alarms and metrics beyond those that are free', () => {
  const of = (change: object) => total(idleCost({ ...cluster, ...change }))
  expect(of({ alarms: 12 }) - of({ alarms: 10 })).toBeCloseTo(0.2)
  expect(of({ metrics: 12 }) - of({ metrics: 10 })).toBeCloseTo(0.6)
})
