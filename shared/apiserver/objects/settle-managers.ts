import { jsonEqual } from '../../meta/json-equal.ts'
import type { ManagedFieldsEntry, ObjectMeta } from '../../meta/object-meta.ts'
import { readManaged } from '../apply/managed.ts'

const warning =
  '.metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests: '

/** Who owns fields after somebody outside has changed the object: as it was, unless it says something else that makes sense. Answers warnings. */
export const settleManagers = (metadata: ObjectMeta, before: ManagedFieldsEntry[] | undefined): string[] => {
  const { managedFields } = metadata
  if (managedFields === before) return []
  const isSame = jsonEqual(managedFields ?? [], before ?? [])
  const wrong = isSame ? undefined : findingOf(managedFields ?? [])
  if (isSame || wrong !== undefined) {
    if (before) metadata.managedFields = before
    else delete metadata.managedFields
  }
  return wrong === undefined ? [] : [`${warning}${wrong}`]
}

const operations = ['Apply', 'Update']

const findingOf = (entries: readonly ManagedFieldsEntry[]): string | undefined => {
  for (const [index, { operation = '', apiVersion = '', fieldsType = '' }] of entries.entries()) {
    if (!operations.includes(operation)) return 'operation must be `Apply` or `Update`'
    if (apiVersion === '') return 'apiVersion must not be empty'
    if (fieldsType === '') return `missing fieldsType in managed fields entry ${index}`
    if (fieldsType !== 'FieldsV1') return `invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${index}`
  }
  return readManaged(entries) ? undefined : 'error decoding versioned set'
}
