import { describe, expect, it } from 'vitest'
import { seededRandom } from '../random.ts'
import { findUnexplained, type Operation } from './linearizable.ts'

/** A register: what is in it, or undefined for an operation that can't happen. */
const put = (start: number, end: number, expected: number, value: number): Operation<number> => ({
  start,
  end,
  apply: (state) => (state === expected ? value : undefined),
})
const refuse = (start: number, end: number, expected: number): Operation<number> => ({
  start,
  end,
  apply: (state) => (state === expected ? undefined : state),
})
const see = (start: number, end: number, value: number): Operation<number> => ({
  start,
  end,
  apply: (state) => (state === value ? state : undefined),
})
const never = Number.POSITIVE_INFINITY

describe('the search for an order', () => {
  it.each<[string, Operation<number>[]]>([
    ['nothing at all', []],
    ['one after the other', [put(0, 1, 0, 2), put(2, 3, 2, 3), see(4, 5, 3)]],
    ['one in the midst of another', [put(0, 9, 0, 2), see(1, 2, 0), see(3, 4, 2)]],
    ['both orders of what overlaps', [put(0, 9, 2, 3), put(1, 8, 0, 2), see(10, 11, 3)]],
    ['a refusal before a write', [put(0, 9, 0, 2), refuse(1, 8, 0), put(10, 11, 2, 3)]],
    ['an unanswered write that took effect late', [put(0, never, 0, 2), see(5, 6, 0), see(50, 51, 2)]],
    ['an unanswered write that never did', [put(0, never, 0, 2), see(5, 6, 0), put(7, 8, 0, 3), see(9, 10, 3)]],
    ['what ends where another begins', [put(0, 1, 0, 2), see(1, 2, 0)]],
  ])('explains %s', (_, operations) => {
    expect(findUnexplained(operations, 0)).toBeUndefined()
  })

  it.each<[string, Operation<number>[], number]>([
    ['a lost update', [put(0, 1, 0, 2), put(2, 5, 2, 3), put(2, 5, 2, 4)], 2],
    ['two creations', [put(0, 3, 0, 2), put(1, 4, 0, 3)], 1],
    ['a stale read', [put(0, 1, 0, 2), put(2, 3, 2, 3), see(4, 5, 2)], 2],
    ['a read of what was not yet', [see(0, 1, 2), put(2, 3, 0, 2)], 0],
    ['reads that go back', [put(0, 9, 0, 2), see(1, 2, 2), see(3, 4, 0)], 2],
    ['a wrong refusal', [put(0, 1, 0, 2), refuse(2, 3, 2), put(4, 5, 2, 3)], 1],
    ['an unanswered write that took effect twice', [put(0, never, 0, 2), put(1, 2, 2, 0), see(3, 4, 2)], 2],
  ])('does not explain %s', (_, operations, at) => {
    expect(findUnexplained(operations, 0)).toBe(at)
  })

  /** Clients of a register that does as it should; each operation takes effect at a moment between its start and its end. */
  const randomHistory = (seed: number, length: number) => {
    const random = seededRandom(seed)
    const operations: (Operation<number> & { readonly effect: number; readonly value: number })[] = []
    let state = 0
    for (let i = 1; i <= length; i++) {
      const effect = i * 10
      const span = { effect, start: effect - random.below(80), end: effect + random.below(80) }
      const expected = random.next() < 0.7 ? state : random.below(i)
      const kind = random.next()
      if (kind < 0.4) operations.push({ ...see(span.start, span.end, state), ...span, value: state })
      else if (expected !== state) operations.push({ ...refuse(span.start, span.end, expected), ...span, value: state })
      else {
        // What only looked and was not answered says nothing.
        const end = random.next() < 0.05 ? never : span.end
        operations.push({ ...put(span.start, end, state, i), ...span, end, value: i })
        state = i
      }
    }
    return operations
  }

  it('explains whatever a sound register does, in thousands of operations', () => {
    for (let seed = 1; seed <= 40; seed++) expect(findUnexplained(randomHistory(seed, 300), 0)).toBeUndefined()
    expect(findUnexplained(randomHistory(99, 20_000), 0)).toBeUndefined()
  })

  it('finds each read that is put behind a later state', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const history = randomHistory(seed, 300)
      const late = history.find(({ value, effect }) => value > 0 && effect > 1500)!
      const gone = Math.max(...history.map(({ end }) => (end === never ? 0 : end))) + 10
      const stale = see(gone, gone + 1, late.value)
      const last = history.at(-1)!
      const final = [...history, { ...see(gone - 5, gone - 4, last.value), effect: gone, value: last.value }]
      if (last.value === late.value) continue
      expect(findUnexplained([...final, stale], 0)).toBeDefined()
    }
  })
})
