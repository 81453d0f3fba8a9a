import { isSame } from '../../meta/fields/compare.ts'
import { type FieldSet, isEmptySet } from '../../meta/fields/field-set.ts'
import { isWithin, union } from '../../meta/fields/set-algebra.ts'
import { validateTyped } from '../../meta/fields/validate.ts'
import type { KubeObject } from '../../meta/object.ts'
import { capManagers } from './cap-managers.ts'
import type { FieldTarget } from './field-target.ts'
import { type Managed, type Manager, managerId } from './managed.ts'
import { stripMetadata } from './strip-metadata.ts'
import { compareAt, takeFromOthers } from './update-managers.ts'

export interface UpdateInput {
  /** as it is stored; of a creation, undefined */
  readonly before: KubeObject | undefined
  readonly after: KubeObject
  readonly managed: Managed
  readonly manager: string
  /** RFC 3339 in seconds */
  readonly now: string
}

/** Who owns what after an ordinary write. Throws FieldTypeError. */
export const trackUpdate = (target: FieldTarget, { before, after, managed, manager, now }: UpdateInput): Managed => {
  const old = before ? target.of(before) : target.zero
  const written = target.of(after)
  if (target.isLoose) for (const one of [written, old]) validateTyped(one, target.type, { duplicates: true })
  const { added, modified, removed } = compareAt(target, old, written)
  // What nobody owns nobody loses.
  const comparison = { added, modified, removed: stripMetadata(removed) }
  if (isSame(comparison)) return withoutVoid(target, managed)
  const self: Omit<Manager, 'fields'> = {
    manager: manager || 'unknown',
    operation: 'Update',
    apiVersion: target.apiVersion,
    subresource: target.subresource,
    time: now,
  }
  const change = { before: before ?? target.storedZero, after }
  const taken = takeFromOthers(target, managed, { self: '', comparison, change })
  const own = stripMetadata(union(comparison.modified, comparison.added))
  if (isEmptySet(own)) return capManagers(taken.managed)
  const id = managerId(self)
  const previous = taken.managed.get(id)
  return capManagers(new Map(taken.managed).set(id, { ...self, fields: joined(own, previous?.fields) }))
}

/** Who owns nothing, or fields of a version that is no more, is nobody. */
const withoutVoid = (target: FieldTarget, managed: Managed): Managed => {
  const isVoid = ({ apiVersion, fields }: Manager) => isEmptySet(fields) || !target.at(apiVersion)
  return managed.values().some(isVoid) ? new Map([...managed].filter(([, one]) => !isVoid(one))) : managed
}

const joined = (own: FieldSet, previous: FieldSet | undefined): FieldSet => {
  if (!previous) return own
  return isWithin(own, previous) ? previous : union(own, previous)
}
