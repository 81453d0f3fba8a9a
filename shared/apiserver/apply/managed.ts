import { type FieldSet, isEmptySet } from '../../meta/fields/field-set.ts'
import { FieldsV1Error, readFieldsV1 } from '../../meta/fields/fields-v1.ts'
import { compareText } from '../../meta/fields/path-element.ts'
import { jsonEqual } from '../../meta/json-equal.ts'
import type { ManagedFieldsEntry } from '../../meta/object-meta.ts'

/** One who writes an object, and the fields that are theirs. */
export interface Manager {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  /** of the request: which version `fields` is of */
  readonly apiVersion: string
  /** '' for the main resource */
  readonly subresource: string
  /** RFC 3339 in seconds; undefined: nothing has changed by it yet */
  readonly time: string | undefined
  readonly fields: FieldSet
}

/** By what makes a manager another: an updater's version does, an applier's does not. */
export type Managed = ReadonlyMap<string, Manager>

/** Also the order in which upstream compares them, as text. */
export const managerId = ({ manager, operation, apiVersion, subresource }: Omit<Manager, 'time' | 'fields'>): string =>
  JSON.stringify({
    manager: manager || undefined,
    operation,
    apiVersion: operation === 'Apply' ? undefined : apiVersion,
    subresource: subresource || undefined,
  })

const isOperation = (operation: string | undefined): operation is Manager['operation'] =>
  operation === 'Apply' || operation === 'Update'

/** Of what is stored, which we wrote ourselves. Undefined: it says what nobody could mean. */
export const storedManaged = (entries: readonly ManagedFieldsEntry[] | undefined): Managed =>
  managedOf(entries ?? [], (fields) => (fields ?? {}) as FieldSet) ?? new Map()

/** Of what a client says. Undefined: it makes no sense. */
export const readManaged = (entries: readonly ManagedFieldsEntry[]): Managed | undefined => {
  try {
    return managedOf(entries, readFieldsV1)
  } catch (error) {
    if (error instanceof FieldsV1Error) return undefined
    throw error
  }
}

const managedOf = (
  entries: readonly ManagedFieldsEntry[],
  fieldsOf: (fields: unknown) => FieldSet,
): Map<string, Manager> | undefined => {
  const managed = new Map<string, Manager>()
  for (const { manager = '', operation, apiVersion = '', subresource = '', time, fieldsType, fieldsV1 } of entries) {
    if (!isOperation(operation) || apiVersion === '' || fieldsType !== 'FieldsV1') return undefined
    const one: Manager = { manager, operation, apiVersion, subresource, time, fields: fieldsOf(fieldsV1) }
    managed.set(managerId(one), one)
  }
  return managed
}

/** A client empties the list by an empty list, or one empty entry. */
export const isReset = (entries: readonly ManagedFieldsEntry[] | undefined): boolean =>
  entries !== undefined && (entries.length === 0 || (entries.length === 1 && jsonEqual(entries[0], {})))

/** In upstream's order; undefined: nobody. */
export const entriesOf = (managed: Managed): ManagedFieldsEntry[] | undefined => {
  if (managed.size === 0) return undefined
  const all = [...managed.values()]
  if (all.length > 1) all.sort(compareManagers)
  return all.map(({ manager, operation, apiVersion, time, fields, subresource }) => ({
    ...(manager && { manager }),
    operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    ...(subresource && { subresource }),
  }))
}

const compareManagers = (a: Manager, b: Manager): number =>
  compareText(a.operation, b.operation) ||
  secondsOf(a) - secondsOf(b) ||
  compareText(a.manager, b.manager) ||
  compareText(a.apiVersion, b.apiVersion) ||
  compareText(a.subresource, b.subresource)

export const secondsOf = ({ time }: Manager): number => (time === undefined ? 0 : Date.parse(time) / 1000)

export const withoutEmpty = (managed: Managed): Map<string, Manager> =>
  new Map([...managed].filter(([, { fields }]) => !isEmptySet(fields)))
