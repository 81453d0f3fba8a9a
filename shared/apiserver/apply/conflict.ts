import type { FieldSet } from '../../meta/fields/field-set.ts'
import { pathsOf } from '../../meta/fields/field-set.ts'
import { compareText, pathText } from '../../meta/fields/path-element.ts'
import { ApiError } from '../../meta/status.ts'
import { type Manager, managerId } from './managed.ts'

/** A field that somebody else owns. */
export interface Conflict {
  readonly manager: Manager
  readonly path: readonly string[]
}

export const conflictsOf = (manager: Manager, fields: FieldSet): Conflict[] => pathsOf(fields).map((path) => ({ manager, path }))

/** `"kubectl" with subresource "status" using apps/v1` */
const managerText = ({ manager, subresource, operation, apiVersion }: Manager): string => {
  const name = `${JSON.stringify(manager)}${subresource ? ` with subresource ${JSON.stringify(subresource)}` : ''}`
  return operation === 'Update' ? `${name} using ${apiVersion}` : name
}

export const conflictError = (conflicts: readonly Conflict[]): ApiError => {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${managerText(manager)}`,
    field: pathText(path),
  }))
  return new ApiError('Conflict', messageOf(conflicts), { details: { causes } })
}

const messageOf = (conflicts: readonly Conflict[]): string => {
  const [first] = conflicts
  if (conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${managerText(first!.manager)}: ${pathText(first!.path)}`
  }
  const byManager = Map.groupBy(conflicts, ({ manager }) => managerId(manager))
  const lines = [...byManager]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([, theirs]) => [
      `conflicts with ${managerText(theirs[0]!.manager)}:`,
      ...theirs.map(({ path }) => `- ${pathText(path)}`),
    ])
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`
}
