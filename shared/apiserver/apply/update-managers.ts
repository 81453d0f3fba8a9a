import type { Comparison } from '../../meta/fields/compare.ts'
import { compareObjects } from '../../meta/fields/compare.ts'
import { isEmptySet } from '../../meta/fields/field-set.ts'
import { reconcileSet } from '../../meta/fields/reconcile.ts'
import { difference, intersection, union } from '../../meta/fields/set-algebra.ts'
import type { KubeObject } from '../../meta/object.ts'
import { type Conflict, conflictsOf } from './conflict.ts'
import type { FieldTarget } from './field-target.ts'
import { type Managed, type Manager, withoutEmpty } from './managed.ts'

/** An object as it is stored before and after a write. */
export interface Change {
  readonly before: KubeObject
  readonly after: KubeObject
}

export const compareAt = (target: FieldTarget, before: KubeObject, after: KubeObject): Comparison => {
  const { added, modified, removed } = compareObjects(before, after, target.type)
  return { added: target.filter(added), modified: target.filter(modified), removed: target.filter(removed) }
}

/** Sets as today's schema would have them; who wrote a version that is no more owns nothing. */
export const reconciled = (target: FieldTarget, managed: Managed): Managed => {
  const out = new Map<string, Manager>()
  for (const [id, one] of managed) {
    const view = target.at(one.apiVersion)
    if (!view) continue
    const fields = reconcileSet(one.fields, view.type)
    out.set(id, fields === one.fields ? one : { ...one, fields })
  }
  return out
}

/**
 * What others own after a change: not what it changed, and nothing that is gone. `self` is left as it is. What of theirs it changed is a conflict
 * for who does not force it.
 */
export const takeFromOthers = (
  target: FieldTarget,
  managed: Managed,
  { self, comparison, change }: { self: string; comparison: Comparison; change: Change },
): { managed: Managed; conflicts: Conflict[] } => {
  const comparisons = new Map([[target.apiVersion, comparison]])
  const conflicts: Conflict[] = []
  const out = new Map<string, Manager>()
  for (const [id, one] of managed) {
    if (id === self) {
      out.set(id, one)
      continue
    }
    const at = comparisons.get(one.apiVersion) ?? compareIn(target, one.apiVersion, change)
    if (!at) continue
    comparisons.set(one.apiVersion, at)
    // The change is the smaller one.
    const taken = intersection(union(at.modified, at.added), one.fields)
    if (!isEmptySet(taken)) conflicts.push(...conflictsOf(one, taken))
    const fields = difference(difference(one.fields, taken), at.removed)
    out.set(id, fields === one.fields ? one : { ...one, fields })
  }
  return { managed: withoutEmpty(out), conflicts }
}

const compareIn = (target: FieldTarget, apiVersion: string, { before, after }: Change): Comparison | undefined => {
  const view = target.at(apiVersion)
  return view && compareAt({ ...target, type: view.type }, view.of(before), view.of(after))
}
