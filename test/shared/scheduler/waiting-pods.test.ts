import { describe, expect, it } from 'vitest'
import { WaitingPods } from '../../../shared/scheduler/waiting-pods.ts'
import { aPod } from './builders.ts'

const names = (pods: ReturnType<WaitingPods['take']>) => pods.map(({ pod }) => pod.metadata.name)
const pod = (name: string, priority = 0) => aPod({ name, spec: { priority } })

describe('pods that wait for a node', () => {
  it('come by priority, then by age, no more than asked for', () => {
    const waiting = new WaitingPods()
    waiting.set(pod('old'), 1)
    waiting.set(pod('new'), 2)
    waiting.set(pod('urgent', 10), 3)
    expect(names(waiting.take(2, 3))).toEqual(['urgent', 'old'])
  })

  it('rest after a failure until something changes, and at least their back-off', () => {
    const waiting = new WaitingPods()
    waiting.set(pod('a'), 0)
    waiting.failed('uid of a', 0)
    waiting.unpark()
    expect([names(waiting.take(9, 999)), waiting.untilNextMs(999)]).toEqual([[], 1])
    expect(names(waiting.take(9, 1000))).toEqual(['a'])
    waiting.failed('uid of a', 1000)
    expect(names(waiting.take(9, 60_000))).toEqual([])
    expect(names(waiting.take(9, 303_000))).toEqual(['a'])
  })

  it('wait longer each time, ten seconds at most', () => {
    const waiting = new WaitingPods()
    waiting.set(pod('a'), 0)
    const waits = Array.from({ length: 6 }, () => {
      waiting.failed('uid of a', 0)
      waiting.unpark()
      return waiting.untilNextMs(0)
    })
    expect(waits).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000])
  })

  it('keep their back-off through updates that say nothing new, and lose it with others', () => {
    const waiting = new WaitingPods()
    waiting.set(pod('a'), 0)
    waiting.failed('uid of a', 0)
    waiting.set(aPod({ name: 'a', spec: { priority: 0 }, status: { phase: 'Pending' } }), 1)
    expect(names(waiting.take(9, 2000))).toEqual([])
    waiting.set(aPod({ name: 'a', cpu: '1m', spec: { priority: 0 } }), 2)
    expect(names(waiting.take(9, 2))).toEqual(['a'])
  })

  it('are forgotten when they are gone', () => {
    const waiting = new WaitingPods()
    for (const name of ['a', 'b', 'c']) waiting.set(pod(name), 0)
    waiting.remove('uid of a')
    waiting.retain(new Set(['uid of b']))
    expect([names(waiting.take(9, 0)), waiting.size]).toEqual([['b'], 1])
  })
})
