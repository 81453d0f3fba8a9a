import { expect, it } from 'vitest'
import { jsonEqual, jsonEqualBut } from '../../../shared/meta/json-equal.ts'
import { seededRandom } from '../../contract/random.ts'

const names = ['a', 'b', 'metadata', 'status']
const values = [undefined, null, 0, 'x', {}, { a: 1 }, { a: 1, b: undefined }, [1], [1, 2]]

it('compares but for some fields as if they were not there', () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const random = seededRandom(seed)
    const made = () =>
      Object.fromEntries(names.filter(() => random.below(3) > 0).map((name) => [name, structuredClone(random.pick(values))]))
    const [a, b] = [made(), made()]
    const but = new Set(names.filter(() => random.below(2) > 0))
    const without = (object: object) => Object.fromEntries(Object.entries(object).filter(([name]) => !but.has(name)))
    expect(jsonEqualBut(but, a, b), `seed ${seed}`).toBe(jsonEqual(without(a), without(b)))
  }
})
