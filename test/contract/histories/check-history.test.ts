import { describe, expect, it } from 'vitest'
import { checkHistory } from './check-history.ts'
import type { History, RecordedChange, RecordedWrite } from './history.ts'

const log: RecordedChange[] = [
  { type: 'created', name: 'pods/default/a', revision: 2, mark: 'm1' },
  { type: 'created', name: 'pods/default/b', revision: 3, mark: 'm2' },
  { type: 'updated', name: 'pods/default/a', revision: 4, mark: 'm3' },
  { type: 'deleted', name: 'pods/default/b', revision: 5, mark: 'm4' },
]

const sound: History = {
  writes: [
    { type: 'created', name: 'pods/default/a', mark: 'm1', outcome: 'done', revision: 2, start: 0, end: 10 },
    { type: 'created', name: 'pods/default/b', mark: 'm2', outcome: 'done', revision: 3, start: 5, end: 20 },
    { type: 'created', name: 'pods/default/b', mark: 'm5', outcome: 'refused', start: 21, end: 25 },
    { type: 'updated', name: 'pods/default/a', mark: 'm3', expected: 2, outcome: 'done', revision: 4, start: 30, end: 40 },
    {
      type: 'deleted',
      name: 'pods/default/b',
      mark: 'm4',
      expected: 3,
      outcome: 'unknown',
      start: 41,
      end: Number.MAX_SAFE_INTEGER,
    },
  ],
  reads: [
    { name: 'pods/default/a', revision: undefined, start: 1, end: 9 },
    { name: 'pods/default/a', revision: 2, start: 11, end: 35 },
    { name: 'pods/default/a', revision: 4, start: 31, end: 39 },
    { name: 'pods/default/b', revision: 3, start: 41, end: 60 },
    { name: 'pods/default/b', revision: undefined, start: 45, end: 70 },
  ],
  lists: [
    {
      revision: 3,
      entries: [
        ['pods/default/a', 2],
        ['pods/default/b', 3],
      ],
      start: 22,
      end: 28,
    },
    { revision: 5, entries: [['pods/default/a', 4]], start: 80, end: 90 },
  ],
  watches: [
    { from: 1, position: 5, changes: log },
    { from: 3, position: 4, changes: log.slice(2, 3) },
  ],
}

const findings = (change: Partial<History>, itsLog = log) => checkHistory({ ...sound, ...change }, itsLog).map(({ what }) => what)
const watch = (changes: readonly RecordedChange[]) => ({ watches: [{ from: 1, position: 5, changes }] })

describe('the checker of histories', () => {
  it('accepts what the contract allows', () => {
    expect(findings({})).toEqual([])
  })

  it.each([
    [
      'an event out of order',
      watch([log[0]!, log[2]!, log[1]!, log[3]!]),
      'saw updated pods/default/a@4 where the log has created pods/default/b@3',
    ],
    [
      'a lost event',
      watch([log[0]!, log[1]!, log[3]!]),
      'saw deleted pods/default/b@5 where the log has updated pods/default/a@4',
    ],
    ['a repeated event', watch([...log, log[3]!]), 'saw deleted pods/default/b@5 beyond the log'],
    ['a watch that stopped early', watch(log.slice(0, 3)), 'saw nothing where the log has deleted pods/default/b@5'],
    ['a stale read', { reads: [{ name: 'pods/default/a', revision: 2, start: 50, end: 60 }] }, 'a read saw 2'],
    ['a read of what was not yet', { reads: [{ name: 'pods/default/a', revision: 4, start: 11, end: 29 }] }, 'a read saw 4'],
    [
      'a read that misses what is there',
      { reads: [{ name: 'pods/default/a', revision: undefined, start: 50, end: 60 }] },
      'a read saw nothing',
    ],
    [
      'a read that goes back behind another',
      {
        reads: [
          { name: 'pods/default/b', revision: undefined, start: 45, end: 50 },
          { name: 'pods/default/a', revision: 4, start: 31, end: 33 },
          { name: 'pods/default/a', revision: 2, start: 34, end: 36 },
        ],
      },
      'a read saw 2',
    ],
    [
      'a list that is torn',
      { lists: [{ revision: 4, entries: [['pods/default/a', 2] as const, ['pods/default/b', 3] as const], start: 41, end: 50 }] },
      'a list of {"resource":"pods"} at 4 has',
    ],
    [
      'a list from the past',
      { lists: [{ revision: 2, entries: [['pods/default/a', 2] as const], start: 50, end: 60 }] },
      'a list is at 2, after 4',
    ],
  ])('finds %s', (_, change, expected) => {
    expect(findings(change).join('\n')).toContain(expected)
  })

  it.each<[string, Partial<RecordedWrite>, string]>([
    ['an update that took effect on another state', { mark: 'm3', expected: 1 }, 'm3 expected 1 and took effect on 2'],
    ['a deletion of what was not there', { mark: 'm4', expected: 2 }, 'm4 expected 2 and took effect on 3'],
    ['a creation over what was there', { mark: 'm3', type: 'created', expected: undefined }, 'took effect on 2'],
    ['a refusal without cause', { mark: 'm5', start: 0, end: 1 }, 'no order explains that created m5'],
  ])('finds %s', (_, change, expected) => {
    const writes = sound.writes.map((write) => (write.mark === change.mark ? { ...write, ...change } : write))
    expect(findings({ writes }).join('\n')).toContain(expected)
  })

  it.each<[string, Partial<History>, string]>([
    [
      'an older content',
      { reads: [{ name: 'pods/default/a', revision: 4, mark: 'm1', start: 41, end: 50 }] },
      'm1 stood at 4, where m3',
    ],
    [
      'a torn object in a list',
      { lists: [{ revision: 5, entries: [['pods/default/a', 4, 'torn m3'] as const], start: 80, end: 90 }] },
      'torn m3 stood at 4',
    ],
  ])('finds %s', (_, change, expected) => {
    expect(findings(change).join('\n')).toContain(expected)
  })

  it('knows what a watcher with a selector sees, and finds what it misses', () => {
    // m2 and m4 are left, m1 and m3 right: a stays right, b is left until it goes.
    const left: RecordedChange[] = [
      { type: 'created', name: 'pods/default/b', revision: 3, mark: '' },
      { type: 'deleted', name: 'pods/default/b', revision: 5, mark: '' },
    ]
    const watching = (changes: RecordedChange[]) => ({
      watches: [{ from: 1, position: 5, changes, scope: { resource: 'pods', side: 'left' as const } }],
    })
    expect(findings(watching(left))).toEqual([])
    expect(findings(watching(left.slice(0, 1))).join('\n')).toContain('saw nothing where the log has deleted pods/default/b@5')
  })

  it('finds an acknowledged write that is lost', () => {
    expect(
      findings(
        {},
        log.slice(0, 3).filter(({ mark }) => mark !== 'm2'),
      ).join('\n'),
    ).toContain('created m2 was acknowledged at 3 and is lost')
  })

  it('finds a blind second write', () => {
    const twice = [...log, { type: 'updated', name: 'pods/default/a', revision: 6, mark: 'm3' } as const]
    expect(findings({ watches: [] }, twice).join('\n')).toContain('updated m3 took effect 2 times')
  })

  it('finds a refused write that took effect', () => {
    const effect = [...log, { type: 'created', name: 'pods/default/b', revision: 6, mark: 'm5' } as const]
    expect(findings({ watches: [] }, effect).join('\n')).toContain('created m5 was refused and took effect')
  })

  it('finds revisions against real time', () => {
    const swapped = log.map((change) => ({
      ...change,
      revision: change.mark === 'm1' ? 4 : change.mark === 'm3' ? 2 : change.revision,
    }))
    const writes = sound.writes.map((write) => ({
      ...write,
      revision: write.mark === 'm1' ? 4 : write.mark === 'm3' ? 2 : write.revision,
    }))
    expect(findings({ writes }, swapped).join('\n')).toContain('m3 got 2, after 4 was acknowledged')
  })
})
