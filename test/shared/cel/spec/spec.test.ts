import { describe, expect, it } from 'vitest'
import { departures, format, reasons } from './departures.ts'
import { outcomeOf } from './outcome.ts'
import { Inexpressible, type Vector, vectors } from './vectors.ts'

type Sorted = { readonly kind: 'same' | 'other' | 'inexpressible'; readonly vector: Vector; readonly detail: string }

const failure = ({ test }: Vector): boolean => test.resultMatcher.case !== undefined && /error/i.test(test.resultMatcher.case)

const sort = (vector: Vector): Sorted => {
  // Expressions stand in no package, and are never evaluated unchecked.
  if (vector.test.container) return { kind: 'inexpressible', vector, detail: '' }
  try {
    const { expected, found } = outcomeOf(vector)
    return { kind: expected === found ? 'same' : 'other', vector, detail: `expected ${expected}, found ${found}` }
  } catch (error) {
    if (!(error instanceof Inexpressible)) throw error
    // What fails at the check fails.
    if (failure(vector) && error.message.startsWith('ERROR')) return { kind: 'same', vector, detail: '' }
    return { kind: 'inexpressible', vector, detail: vector.test.disableCheck ? '' : error.message }
  }
}

const sorted = vectors.map(sort)
const of = (kind: Sorted['kind']) => sorted.filter((one) => one.kind === kind)

describe('vectors of the specification', () => {
  it('come out as they should, but those that are named', () => {
    const others = of('other').filter(({ vector }) => departures[vector.name] === undefined)
    expect(others.map(({ vector, detail }) => `${vector.name}: ${vector.test.expr}: ${detail}`)).toEqual([])
  })

  it('name no departure that is none', () => {
    const names = new Set(of('other').map(({ vector }) => vector.name))
    expect(Object.keys(departures).filter((name) => !names.has(name))).toEqual([])
  })

  it('are inexpressible for a known reason only', () => {
    const unknown = of('inexpressible').filter(
      ({ detail }) => detail !== '' && !reasons.some(([, message]) => message.test(detail)),
    )
    expect(unknown.map(({ vector, detail }) => `${vector.name}: ${vector.test.expr}: ${detail}`)).toEqual([])
  })

  it('agree in 99 of 100 of those that can be expressed', () => {
    const same = of('same').length
    const other = of('other').filter(({ vector }) => departures[vector.name] !== format).length
    expect(same).toBeGreaterThan(1200)
    expect(same / (same + other)).toBeGreaterThanOrEqual(0.99)
  })
})
