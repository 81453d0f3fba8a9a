import { compareObjects } from '../../meta/fields/compare.ts'
import type { FieldSet } from '../../meta/fields/field-set.ts'
import { mergeObjects } from '../../meta/fields/merge.ts'
import { difference } from '../../meta/fields/set-algebra.ts'
import { toFieldSet } from '../../meta/fields/to-field-set.ts'
import { jsonEqual } from '../../meta/json-equal.ts'
import type { KubeObject } from '../../meta/object.ts'
import { ApiError } from '../../meta/status.ts'
import type { Conflict } from './conflict.ts'
import type { FieldTarget } from './field-target.ts'
import { type Managed, type Manager, managerId } from './managed.ts'
import { prune } from './prune.ts'
import { stripMetadata } from './strip-metadata.ts'
import { compareAt, reconciled, takeFromOthers } from './update-managers.ts'

export interface ApplyInput {
  /** as it is stored; undefined: there is none */
  readonly stored: KubeObject | undefined
  /** as it stands in the request's version, without managedFields */
  readonly live: KubeObject
  /** what is applied, checked against the type */
  readonly applied: KubeObject
  readonly managed: Managed
  readonly manager: string
  /** RFC 3339 in seconds */
  readonly now: string
  /** of the merged object as it is read from the patch, to the stored form, defaulted */
  readonly toStored: (merged: unknown) => KubeObject
}

export interface Applied {
  /** undefined: the object stays as it is */
  readonly object: KubeObject | undefined
  readonly managed: Managed
  /** what others own of what it changes; for who does not force it, nothing of this holds */
  readonly conflicts: readonly Conflict[]
  /** why the merged object can't be read, which is told after the conflicts; undefined: it can */
  readonly failure?: ApiError | undefined
}

/** The object with what is applied, and who owns what then. Throws FieldTypeError. */
export const trackApply = (target: FieldTarget, input: ApplyInput): Applied => {
  const { live, applied, manager, now } = input
  const before = reconciled(target, input.managed)
  const self: Omit<Manager, 'fields'> = {
    manager,
    operation: 'Apply',
    apiVersion: target.apiVersion,
    subresource: target.subresource,
    time: undefined,
  }
  const id = managerId(self)
  const previous = before.get(id)
  const fields = target.filter(toFieldSet(applied, target.type))
  const managed = new Map(before).set(id, { ...self, fields, time: previous?.time })
  const merged = mergeObjects(live, applied, target.type)
  const pruned = prune(merged, target, { managed, last: previous })
  const comparison = compareAt(target, live, pruned as KubeObject)
  const unchanged = jsonEqual(live, pruned)
  const { object, failure } = unchanged ? {} : readOrFail(() => input.toStored(pruned))
  const change = { before: input.stored ?? target.storedZero, after: object ?? input.stored ?? target.storedZero }
  const taken = takeFromOthers(target, managed, { self: id, comparison, change })
  const out = new Map(taken.managed)
  const own = out.get(id)
  if (own) out.set(id, { ...own, fields: stripMetadata(own.fields), time: unchanged ? own.time : now })
  if (own && Object.keys(out.get(id)!.fields).length === 0) out.delete(id)
  return { object, managed: out, conflicts: taken.conflicts, failure }
}

const readOrFail = (read: () => KubeObject): { object?: KubeObject; failure?: ApiError } => {
  try {
    return { object: read() }
  } catch (error) {
    if (error instanceof ApiError) return { failure: error }
    throw error
  }
}

/** What an object as someone's annotation has it owns of the live one: what is the same there. Throws FieldTypeError. */
export const fieldsOfLastApplied = (lastApplied: unknown, live: KubeObject, target: FieldTarget): FieldSet => {
  const { added, modified, removed } = compareObjects(lastApplied, live, target.type)
  return [modified, added, removed].reduce(difference, toFieldSet(lastApplied, target.type))
}
