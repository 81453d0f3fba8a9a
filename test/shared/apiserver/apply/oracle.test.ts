import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FieldTarget } from '../../../../shared/apiserver/apply/field-target.ts'
import { type Managed, type Manager, managerId } from '../../../../shared/apiserver/apply/managed.ts'
import { trackApply } from '../../../../shared/apiserver/apply/track-apply.ts'
import { trackUpdate } from '../../../../shared/apiserver/apply/track-update.ts'
import { emptySet, type FieldSet, setOfPath } from '../../../../shared/meta/fields/field-set.ts'
import type { FieldType } from '../../../../shared/meta/fields/field-type.ts'
import { union } from '../../../../shared/meta/fields/set-algebra.ts'
import { toFieldSet } from '../../../../shared/meta/fields/to-field-set.ts'
import type { KubeObject } from '../../../../shared/meta/object.ts'
import type { GoProgram } from '../../../oracle/go-program.ts'
import { Chance, changed, objectOf, typeNames, typeOf } from '../../meta/fields/arbitrary.ts'
import { missingOracle, startOracle } from '../../meta/fields/oracle/oracle.ts'

const rounds = 60
const apiVersion = 'v1'
const now = '2026-01-01T00:00:00Z'

const targetOf = (type: FieldType): FieldTarget => {
  const same = (object: KubeObject) => object
  const view = { isLoose: false, type, of: same, toStored: (object: unknown) => object as KubeObject }
  const zero = {} as KubeObject
  return {
    ...view,
    apiVersion,
    subresource: '',
    zero,
    storedZero: zero,
    filter: (set) => set,
    at: (version) => (version === apiVersion ? view : undefined),
  }
}

/** Without what upstream's library leaves to others: nobody owns an object's type and most of its metadata. */
const bare = (object: unknown): KubeObject => {
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...rest } = object as KubeObject
  return rest as KubeObject
}

const managerOf = (manager: string, operation: Manager['operation'], fields: FieldSet): Manager => ({
  manager,
  operation,
  apiVersion,
  subresource: '',
  time: undefined,
  fields,
})

/** Some who own parts of an object, and of what may be put in its place. */
const someManagers = (chance: Chance, live: unknown, type: FieldType): Manager[] =>
  (['Apply', 'Update'] as const).flatMap((operation) =>
    ['one', 'other'].map((name) => managerOf(name, operation, toFieldSet(bare(changed(chance, live, type)), type))),
  )

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  )
}

interface Told {
  readonly object?: unknown
  readonly managers?: Record<string, FieldSet>
  readonly conflicts?: FieldSet
  readonly error?: string
}

const managersIn = (managed: Managed) =>
  Object.fromEntries([...managed.values()].map(({ manager, operation, fields }) => [`${operation} ${manager}`, fields]))

describe.skipIf(missingOracle)(
  `who owns what, as structured-merge-diff${missingOracle ? ` (skipped: ${missingOracle})` : ''}`,
  () => {
    let oracle: GoProgram
    beforeAll(() => {
      oracle = startOracle()
    }, 300_000)
    afterAll(() => oracle?.stop())

    describe.each(typeNames)('%s', (type) => {
      const of = typeOf(type)
      const target = targetOf(of)
      const asked = (managers: readonly Manager[]) =>
        Object.fromEntries(
          managers.map(({ manager, operation, fields }) => [
            `${operation} ${manager}`,
            { fields, applied: operation === 'Apply' },
          ]),
        )

      it('after an update', async () => {
        for (let seed = 0; seed < rounds; seed++) {
          const chance = new Chance(seed)
          const a = bare(objectOf(chance, of))
          const b = bare(changed(chance, a, of))
          const managers = someManagers(chance, a, of)
          const manager = chance.of(['one', 'new'])
          const told = await oracle.ask<Told>({
            op: 'update',
            type,
            a,
            b,
            managers: asked(managers),
            manager: `Update ${manager}`,
          })
          const managed = new Map(managers.map((one) => [managerId(one), one]))
          const after = managersIn(trackUpdate(target, { before: a, after: b, managed, manager, now }))
          expect([seed, sorted(after)]).toEqual([seed, sorted(told.managers)])
        }
      })

      it.each([true, false])('after an apply, forced: %s', async (force) => {
        for (let seed = 0; seed < rounds; seed++) {
          const chance = new Chance(seed)
          const once = { repeats: false }
          const a = bare(objectOf(chance, of))
          const b = bare(changed(chance, objectOf(chance, of, once), of, once))
          const managers = someManagers(chance, a, of)
          const manager = chance.of(['one', 'new'])
          const told = await oracle.ask<Told>({
            op: 'apply',
            type,
            a,
            b,
            managers: asked(managers),
            manager: `Apply ${manager}`,
            force,
          })
          if (told.error) continue
          const managed = new Map(managers.map((one) => [managerId(one), one]))
          const result = trackApply(target, {
            stored: a,
            live: a,
            applied: b,
            managed,
            manager,
            now,
            toStored: (merged) => merged as KubeObject,
          })
          const conflicts = result.conflicts.reduce<FieldSet>((all, { path }) => union(all, setOfPath(path)), emptySet)
          if (told.conflicts) expect([seed, conflicts]).toEqual([seed, told.conflicts])
          else {
            expect([seed, sorted(managersIn(result.managed))]).toEqual([seed, sorted(told.managers)])
            expect([seed, sorted(result.object ?? a)]).toEqual([seed, sorted(told.object ?? a)])
          }
        }
      })
    })
  },
)
