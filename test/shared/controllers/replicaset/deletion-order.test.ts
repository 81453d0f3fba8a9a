import { expect, it } from 'vitest'
import { podsToDelete } from '../../../../shared/controllers/replicaset/deletion-order.ts'
import type { Pod } from '../../../../shared/resources/resource.ts'

const nowMs = Date.parse('2026-01-02T00:00:00Z')
interface Sketch {
  node?: string
  phase?: string
  readySince?: string
  cost?: number
  restarts?: number
  created?: string
}
const aPod = (
  name: string,
  { node = 'n', phase = 'Running', readySince, cost, restarts = 0, created = '2026-01-01T00:00:00Z' }: Sketch,
): Pod => ({
  metadata: {
    name,
    uid: name,
    creationTimestamp: created,
    ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': `${cost}` } }),
  },
  spec: { containers: [], ...(node ? { nodeName: node } : {}) },
  status: {
    phase,
    conditions: readySince ? [{ type: 'Ready', status: 'True', lastTransitionTime: readySince }] : [],
    containerStatuses: [{ name: 'c', image: 'i', imageID: '', ready: true, restartCount: restarts }],
  },
})
const long = '2026-01-01T00:00:00Z'
const just = '2026-01-01T23:59:59Z'

it.each<[string, Sketch, Sketch]>([
  ['without a node', { node: '' }, {}],
  ['still pending', { phase: 'Pending' }, { phase: 'Running' }],
  ['not ready', {}, { readySince: long }],
  ['cheap to delete', { readySince: long, cost: -5 }, { readySince: long }],
  ['ready for a shorter time', { readySince: just }, { readySince: long }],
  ['restarted more often', { readySince: long, restarts: 3 }, { readySince: long, restarts: 1 }],
  ['younger', { created: just }, { created: long }],
])('a pod %s goes before another', (_what, first, second) => {
  for (const pods of [
    [aPod('a', first), aPod('z', second)],
    [aPod('z', second), aPod('a', first)],
  ])
    expect(podsToDelete({ pods, related: pods, count: 1, nowMs }).map(({ metadata }) => metadata.name)).toEqual(['a'])
})

it('thins out the node that has the most of them', () => {
  const [a, b, c] = [
    aPod('a', { node: 'one', readySince: long }),
    aPod('b', { node: 'two', readySince: long }),
    aPod('c', { node: 'two', readySince: long }),
  ]
  expect(podsToDelete({ pods: [a!, b!], related: [a!, b!, c!], count: 1, nowMs }).map(({ metadata }) => metadata.name)).toEqual([
    'b',
  ])
})
