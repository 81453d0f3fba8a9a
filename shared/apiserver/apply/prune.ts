import { emptySet, type FieldSet, isEmptySet } from '../../meta/fields/field-set.ts'
import { withNamedFields } from '../../meta/fields/named-fields.ts'
import { removeItems } from '../../meta/fields/remove-items.ts'
import { difference, intersection, union } from '../../meta/fields/set-algebra.ts'
import { toFieldSet } from '../../meta/fields/to-field-set.ts'
import type { KubeObject } from '../../meta/object.ts'
import type { FieldTarget, VersionView } from './field-target.ts'
import type { Managed, Manager } from './managed.ts'

/**
 * A merged object without the fields and items that the manager applied last time, does not apply now, and that nobody else owns.
 * `managed` is of what it applies now. What it applied last is looked for in the version that it had then; what others own, in theirs.
 */
export const prune = (
  merged: unknown,
  target: FieldTarget,
  { managed, last }: { managed: Managed; last: Manager | undefined },
): unknown => {
  const view = last && target.at(last.apiVersion)
  if (!view || isEmptySet(last.fields)) return merged
  const all = inVersion({ object: merged, view: target.at(target.apiVersion)! }, view)
  const lastNamed = withNamedFields(last.fields, view.type)
  const removed: Versioned = { object: removeItems(all.object, lastNamed, view.type), view }
  const kept = inVersion(withOwned(all, removed, { target, managed }), view)
  // What was removed with its parents but was never the manager's comes back.
  const pruned = removeItems(all.object, intersection(difference(setOf(all), setOf(kept)), lastNamed), view.type)
  return inVersion({ object: pruned, view }, target.at(target.apiVersion)!).object
}

interface Versioned {
  readonly object: unknown
  readonly view: VersionView
}

const inVersion = ({ object, view }: Versioned, wanted: VersionView): Versioned =>
  view === wanted ? { object, view } : { object: wanted.of(view.toStored(object as KubeObject)), view: wanted }

const setOf = ({ object, view: { type } }: Versioned): FieldSet => withNamedFields(toFieldSet(object, type), type)

/** What was removed and somebody owns comes back, version by version, those first that speak of the version that it was removed from. */
const withOwned = (
  all: Versioned,
  removed: Versioned,
  { target, managed }: { target: FieldTarget; managed: Managed },
): Versioned => {
  const owned = new Map<VersionView, FieldSet>([[removed.view, emptySet]])
  for (const { apiVersion, fields } of managed.values()) {
    const view = target.at(apiVersion)
    if (view) owned.set(view, union(owned.get(view) ?? emptySet, fields))
  }
  let [whole, kept] = [all, removed]
  for (const [view, fields] of owned) {
    whole = inVersion(whole, view)
    kept = inVersion(kept, view)
    const lost = difference(setOf(whole), union(setOf(kept), withNamedFields(fields, view.type)))
    kept = { object: removeItems(whole.object, lost, view.type), view }
  }
  return kept
}
