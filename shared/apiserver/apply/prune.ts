import { emptySet, type FieldSet, isEmptySet } from '../../meta/fields/field-set.ts'
import { withNamedFields } from '../../meta/fields/named-fields.ts'
import { removeItems } from '../../meta/fields/remove-items.ts'
import { difference, intersection, union } from '../../meta/fields/set-algebra.ts'
import { toFieldSet } from '../../meta/fields/to-field-set.ts'
import type { FieldTarget } from './field-target.ts'
import type { Managed } from './managed.ts'

/**
 * A merged object without the fields and items that the manager applied last time, does not apply now, and that nobody else owns.
 * `managed` is of what it applies now.
 */
export const prune = (merged: unknown, target: FieldTarget, { managed, last }: { managed: Managed; last: FieldSet }): unknown => {
  if (isEmptySet(last)) return merged
  const { type } = target
  const lastNamed = withNamedFields(last, type)
  const setOf = (object: unknown) => withNamedFields(toFieldSet(object, type), type)
  const all = setOf(merged)
  let owned: FieldSet = emptySet
  for (const { apiVersion, fields } of managed.values()) if (apiVersion === target.apiVersion) owned = union(owned, fields)
  const keptByOwners = removeItems(
    merged,
    difference(all, union(setOf(removeItems(merged, lastNamed, type)), withNamedFields(owned, type))),
    type,
  )
  // What was removed with its parents but was never the manager's comes back.
  return removeItems(merged, intersection(difference(all, setOf(keptByOwners)), lastNamed), type)
}
