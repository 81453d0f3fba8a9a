import { describe, expect, it } from 'vitest'
import type { PodDisruptionBudget } from '../../../shared/resources/resource.ts'
import { aNode, aPod, decisions, outcomes } from './builders.ts'

const victimsOf = (
  nodes: Parameters<typeof decisions>[0],
  pod: Parameters<typeof decisions>[1][number],
  budgets?: Parameters<typeof decisions>[2],
) => {
  const [decision] = decisions(nodes, [pod], budgets)
  if (!decision || decision.node !== undefined) throw new Error('was placed')
  return (
    decision.preemption && {
      node: decision.preemption.node,
      victims: decision.preemption.victims.map(({ pod }) => pod.metadata.name),
    }
  )
}
const important = (priority = 100) => aPod({ name: 'important', cpu: '2', spec: { priority } })
const running = (name: string, cpu: string, priority = 0) => aPod({ name, cpu, spec: { priority } })

describe('a pod that finds no room', () => {
  it('takes that of the fewest and least important', () => {
    const nodes = [
      aNode('a', { pods: [running('a1', '2', 10), running('a2', '2', 10)] }),
      aNode('b', { pods: [running('b1', '2', 5), running('b2', '2', 50)] }),
    ]
    expect(victimsOf(nodes, important())).toEqual({ node: 'b', victims: ['b1'] })
  })

  it('lets those stay that it need not take', () => {
    const nodes = [aNode('a', { pods: [running('small', '500m', 1), running('large', '3', 1), running('tiny', '500m', 1)] })]
    expect(victimsOf(nodes, important())).toEqual({ node: 'a', victims: ['large'] })
  })

  it('takes nobody of its own priority', () => {
    expect(victimsOf([aNode('a', { pods: [running('peer', '4', 100)] })], important())).toBeUndefined()
  })

  it('takes nobody when it must not', () => {
    const polite = aPod({ name: 'polite', cpu: '2', spec: { priority: 100, preemptionPolicy: 'Never' } })
    expect(outcomes([aNode('a', { pods: [running('x', '4')] })], [polite])).toEqual([
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.',
    ])
  })

  it('waits for those that are leaving for it', () => {
    const leaving = aPod({
      name: 'leaving',
      cpu: '4',
      metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' },
      status: { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }] },
    })
    const nominated = aPod({ name: 'n', cpu: '2', spec: { priority: 9 }, status: { nominatedNodeName: 'a' } })
    expect(outcomes([aNode('a', { pods: [leaving] })], [nominated])[0]).toMatch(
      /not eligible due to a terminating pod on the nominated node\.$/,
    )
  })
})

describe('a disruption budget', () => {
  const guarded = (name: string, cpu: string, priority = 0) => aPod({ name, cpu, labels: { app: 'db' }, spec: { priority } })
  const budget = (disruptionsAllowed: number, disruptedPods: Record<string, string> = {}): PodDisruptionBudget => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'db', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'db' } } },
    status: { disruptionsAllowed, disruptedPods, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  })
  const nodes = () => [
    aNode('a', { pods: [guarded('db-1', '4')] }),
    aNode('b', { pods: [running('web-1', '2', 50), running('web-2', '2', 60)] }),
  ]

  it('that allows none sends the choice elsewhere, be it more important', () => {
    expect(victimsOf(nodes(), important(), [budget(0)])).toEqual({ node: 'b', victims: ['web-1'] })
  })

  it('that allows it, or has granted it already, changes nothing', () => {
    const node = { node: 'a', victims: ['db-1'] }
    expect(victimsOf(nodes(), important(), [budget(1)])).toEqual(node)
    expect(victimsOf(nodes(), important(), [budget(0, { 'db-1': '2026-01-01T00:00:00Z' })])).toEqual(node)
  })

  it('lets its pods stay where others can go, be they more important', () => {
    const mixed = [aNode('a', { pods: [guarded('db-1', '2', 1), running('web-1', '2', 50)] })]
    expect(victimsOf(mixed, important(), [budget(0)])).toEqual({ node: 'a', victims: ['web-1'] })
  })

  it('is no help where nobody else is there', () => {
    expect(victimsOf([aNode('a', { pods: [guarded('db-1', '4')] })], important(), [budget(0)])).toEqual({
      node: 'a',
      victims: ['db-1'],
    })
  })
})

it('keeps the room of a nominated pod from less important ones, not from more important ones', () => {
  const nominated = aPod({ name: 'nominated', cpu: '3', spec: { priority: 50 }, status: { nominatedNodeName: 'a' } })
  const pod = (priority: number) => aPod({ name: 'other', cpu: '3', spec: { priority } })
  expect(outcomes([aNode('a')], [pod(10)], { nominated: [nominated] })[0]).toMatch(/Insufficient cpu/)
  expect(outcomes([aNode('a')], [pod(90)], { nominated: [nominated] })).toEqual(['a'])
  expect(outcomes([aNode('a'), aNode('b')], [nominated, pod(10)], { nominated: [nominated] })).toEqual(['a', 'b'])
})
