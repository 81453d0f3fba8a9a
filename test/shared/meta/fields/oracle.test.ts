import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Comparison, compareObjects } from '../../../../shared/meta/fields/compare.ts'
import { type FieldSet, pathsOf } from '../../../../shared/meta/fields/field-set.ts'
import type { FieldType } from '../../../../shared/meta/fields/field-type.ts'
import { FieldTypeError } from '../../../../shared/meta/fields/item-element.ts'
import { mergeObjects } from '../../../../shared/meta/fields/merge.ts'
import { withNamedFields } from '../../../../shared/meta/fields/named-fields.ts'
import { pathText } from '../../../../shared/meta/fields/path-element.ts'
import { reconcileSet } from '../../../../shared/meta/fields/reconcile.ts'
import { removeItems } from '../../../../shared/meta/fields/remove-items.ts'
import { difference, intersection, leavesOf, recursiveDifference, union } from '../../../../shared/meta/fields/set-algebra.ts'
import { toFieldSet } from '../../../../shared/meta/fields/to-field-set.ts'
import { validateTyped } from '../../../../shared/meta/fields/validate.ts'
import type { GoProgram } from '../../../oracle/go-program.ts'
import { Chance, changed, objectOf, setOf, typeNames, typeOf } from './arbitrary.ts'
import { missingOracle, startOracle } from './oracle/oracle.ts'

const rounds = 40

/** Runs ours; what is wrong with an object is an answer too. */
const answer = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    if (error instanceof FieldTypeError) return { error: error.message }
    throw error
  }
}

/** Also the order of fields counts. */
const text = (value: unknown) => JSON.stringify(value ?? null)
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  )
}

describe.skipIf(missingOracle)(`as structured-merge-diff${missingOracle ? ` (skipped: ${missingOracle})` : ''}`, () => {
  let oracle: GoProgram
  beforeAll(() => {
    oracle = startOracle()
  }, 300_000)
  afterAll(() => oracle?.stop())

  const algebra: Readonly<Record<string, (a: FieldSet, b: FieldSet, type: FieldType) => unknown>> = {
    read: (a) => a,
    union,
    intersection,
    difference,
    recursiveDifference,
    leaves: leavesOf,
    paths: (a) => (pathsOf(a).length ? pathsOf(a).map(pathText) : ['']),
  }

  describe.each(typeNames)('%s', (type) => {
    const of = typeOf(type)
    it.each(Object.keys(algebra))('%s of sets', async (op) => {
      for (let seed = 0; seed < rounds; seed++) {
        const chance = new Chance(seed)
        const [a, b] = [setOf(chance, of), setOf(chance, of)]
        expect([seed, text(algebra[op]!(a, b, of))]).toEqual([seed, text(await oracle.ask({ op, a, b }))])
      }
    })

    it.each(['named', 'reconcile'])('%s of a set by its type', async (op) => {
      for (let seed = 0; seed < rounds; seed++) {
        const a = setOf(new Chance(seed), of)
        const ours = op === 'named' ? withNamedFields(a, of) : reconcileSet(a, of)
        expect([seed, text(ours)]).toEqual([seed, text(await oracle.ask({ op, type, a, b: {} }))])
      }
    })

    it('the fields of an object', async () => {
      for (let seed = 0; seed < rounds; seed++) {
        const a = objectOf(new Chance(seed), of)
        expect([seed, text(answer(() => toFieldSet(a, of)))]).toEqual([
          seed,
          text(await oracle.ask({ op: 'toFieldSet', type, a })),
        ])
      }
    })

    it('what differs between objects', async () => {
      for (let seed = 0; seed < rounds; seed++) {
        const chance = new Chance(seed)
        const a = objectOf(chance, of)
        const b = changed(chance, a, of)
        const { added, modified, removed } = await oracle.ask<Comparison>({ op: 'compare', type, a, b })
        const ours = compareObjects(a, b, of)
        expect([seed, text([ours.added, ours.modified, ours.removed])]).toEqual([seed, text([added, modified, removed])])
      }
    })

    it('merging a part into an object', async () => {
      for (let seed = 0; seed < rounds; seed++) {
        const chance = new Chance(seed)
        const a = objectOf(chance, of)
        const b = chance.is(0.5)
          ? objectOf(chance, of, { repeats: false })
          : changed(chance, objectOf(chance, of, { repeats: false }), of, { repeats: false })
        const ours = answer(() => {
          validateTyped(b, of)
          return mergeObjects(a, b, of)
        })
        const theirs = await oracle.ask<{ error?: string }>({ op: 'merge', type, a, b })
        if (theirs?.error) expect(ours).toHaveProperty('error')
        else expect([seed, sorted(ours ?? null)]).toEqual([seed, sorted(theirs)])
      }
    })

    it('removing fields and items', async () => {
      for (let seed = 0; seed < rounds; seed++) {
        const chance = new Chance(seed)
        const a = objectOf(chance, of)
        const b = chance.is(0.5) ? setOf(chance, of) : toFieldSet(changed(chance, a, of), of)
        expect([seed, sorted(removeItems(a, b, of))]).toEqual([seed, sorted(await oracle.ask({ op: 'remove', type, a, b }))])
      }
    })
  })
})
