import { expect, it } from 'vitest'
import { idleCost, total } from '../../infra/cost.ts'

const cluster = { triggers: { fifo: 3, standard: 2 }, alarms: 8 }

it('idles for a good dollar a month without nodes', () => {
  expect(total(idleCost(cluster))).toBeLessThan(1.5)
})

it('idles for under five dollars a month with ten nodes, instances aside', () => {
  expect(total(idleCost({ ...cluster, nodes: 10 }))).toBeLessThan(5)
})

it('counts alarms beyond the ten that are free', () => {
  const of = (alarms: number) => total(idleCost({ ...cluster, alarms }))
  expect(of(12) - of(10)).toBeCloseTo(0.2)
})
