import type { Comparison } from '../../meta/fields/compare.ts'
import { compareObjects } from '../../meta/fields/compare.ts'
import { isEmptySet } from '../../meta/fields/field-set.ts'
import { FieldTypeError } from '../../meta/fields/item-element.ts'
import { reconcileSet } from '../../meta/fields/reconcile.ts'
import { difference, intersection, union } from '../../meta/fields/set-algebra.ts'
import { validateTyped } from '../../meta/fields/validate.ts'
import type { KubeObject } from '../../meta/object.ts'
import { type Conflict, conflictsOf } from './conflict.ts'
import type { FieldTarget, VersionView } from './field-target.ts'
import { type Managed, type Manager, withoutEmpty } from './managed.ts'

/** An object as it is stored before and after a write. */
export interface Change {
  readonly before: KubeObject
  readonly after: KubeObject
}

export interface Taking {
  /** the id of who is left as it is */
  readonly self: string
  /** in the target's version */
  readonly comparison: Comparison
  readonly change: Change
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
 * What others own after a change: not what it changed, and nothing that is gone. Throws FieldTypeError where an object is not of the types of a
 * version that one of them wrote. What of theirs it changed is a conflict
 * for who does not force it.
 */
export const takeFromOthers = (
  target: FieldTarget,
  managed: Managed,
  taking: Taking,
): { managed: Managed; conflicts: Conflict[] } => {
  if (managed.size === 0) return { managed, conflicts: [] }
  const { self, comparison } = taking
  const comparisons = new Map([[target.apiVersion, comparison]])
  const conflicts: Conflict[] = []
  const out = new Map<string, Manager>()
  for (const [id, one] of managed) {
    if (id === self) {
      out.set(id, one)
      continue
    }
    const at = comparisons.get(one.apiVersion) ?? compareIn(target, one.apiVersion, taking)
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

const compareIn = (target: FieldTarget, apiVersion: string, { change: { before, after } }: Taking): Comparison | undefined => {
  const view = target.at(apiVersion)
  if (!view) return undefined
  const [old, written] = [view.of(before), view.of(after)]
  if (!view.isLoose) return compareAt({ ...target, type: view.type }, old, written)
  checkIn(view, { 'old object': old, 'new object': written })
  // What a request may not change is known of its own version only.
  return compareObjects(old, written, view.type)
}

/** Throws FieldTypeError. */
const checkIn = ({ type }: VersionView, objects: Readonly<Record<string, KubeObject>>): void => {
  for (const [name, object] of Object.entries(objects)) {
    try {
      validateTyped(object, type, { duplicates: true })
    } catch (error) {
      throw error instanceof FieldTypeError ? new FieldTypeError(`failed to convert ${name}: ${error.message}`) : error
    }
  }
}
