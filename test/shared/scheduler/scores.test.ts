import { describe, expect, it } from 'vitest'
import { parseLabelSelector } from '../../../shared/meta/label-selector.ts'
import { aNode, aPod, outcomes } from './builders.ts'

const preferring = (key: string) => ({
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 10, preference: { matchExpressions: [{ key, operator: 'Exists' }] } },
      ],
    },
  },
})
const preferPods = (kind: 'podAffinity' | 'podAntiAffinity', app: string) => ({
  affinity: {
    [kind]: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 50, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } } },
      ],
    },
  },
})

describe('among nodes that will do, the best is', () => {
  it('the emptier one', () => {
    expect(outcomes([aNode('busy', { pods: [aPod({ name: 'x', cpu: '2' })] }), aNode('idle')], [aPod({ cpu: '1' })])).toEqual([
      'idle',
    ])
  })

  it('the one without a soft taint', () => {
    const tainted = aNode('tainted', { spec: { taints: [{ key: 'a', effect: 'PreferNoSchedule' }] } })
    expect(outcomes([tainted, aNode('clean', { pods: [aPod({ name: 'x', cpu: '1' })] })], [aPod()])).toEqual(['clean'])
  })

  it('the one that the pod prefers', () => {
    expect(outcomes([aNode('a'), aNode('b', { labels: { ssd: '1' } })], [aPod({ spec: preferring('ssd') })])).toEqual(['b'])
  })

  it('the one with the image', () => {
    const images = [{ names: ['image:1'], sizeBytes: 2_000_000_000 }]
    expect(outcomes([aNode('without'), aNode('with', { images })], [aPod()])).toEqual(['with'])
  })

  it('the one where CPU and memory would be used to the same degree', () => {
    const nodes = [
      aNode('lopsided', { pods: [aPod({ name: 'x', cpu: '2', memory: '1Gi' })] }),
      aNode('even', { pods: [aPod({ name: 'y', cpu: '1', memory: '3Gi' })] }),
    ]
    expect(outcomes(nodes, [aPod({ cpu: '1', memory: '1Gi' })])).toEqual(['even'])
  })

  it('with those it likes, away from those it does not', () => {
    const nodes = () => [aNode('with', { pods: [aPod({ name: 'x', labels: { app: 'cache' } })] }), aNode('without')]
    expect(outcomes(nodes(), [aPod({ spec: preferPods('podAffinity', 'cache') })])).toEqual(['with'])
    expect(outcomes(nodes(), [aPod({ spec: preferPods('podAntiAffinity', 'cache') })])).toEqual(['without'])
  })
})

it('spreads the pods of a Service over nodes and zones without being told', () => {
  const labels = { app: 'web' }
  const zone = (name: string) => ({ labels: { 'topology.kubernetes.io/zone': name } })
  const nodes = [aNode('a1', zone('a')), aNode('a2', zone('a')), aNode('b1', zone('b')), aNode('b2', zone('b'))]
  const pods = ['1', '2', '3', '4'].map((name) => aPod({ name, labels }))
  expect(outcomes(nodes, pods, { selector: parseLabelSelector('app=web') }).sort()).toEqual(['a1', 'a2', 'b1', 'b2'])
})

it('fills nodes evenly with many pods that are alike', () => {
  const nodes = Array.from({ length: 10 }, (_, index) => aNode(`n${index}`))
  const pods = Array.from({ length: 100 }, (_, index) => aPod({ name: `p${index}`, cpu: '100m', memory: '64Mi' }))
  const counts = new Map<string, number>()
  for (const node of outcomes(nodes, pods)) counts.set(node, (counts.get(node) ?? 0) + 1)
  expect([...counts.values()]).toEqual(Array(10).fill(10))
})
