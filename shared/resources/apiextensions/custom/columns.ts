import { humanAge } from '../../../meta/duration.ts'
import { inNameOrder } from '../../../meta/json-value.ts'
import type { KubeObject } from '../../../meta/object.ts'
import { age } from '../../column.ts'
import type { Column } from '../../definition.ts'
import type * as wire from '../../generated/types.ts'
import { goNumber } from '../value/result.ts'
import { findAll } from './json-path/find.ts'
import { JsonPathError, type PathNode } from './json-path/node.ts'
import { parsePath } from './json-path/parse.ts'

type Cell = ReturnType<Column<KubeObject>['cell']>

const ageColumn: Column<KubeObject> = { ...age, type: 'date' }

/** Columns of a table, beside the name. One whose path nobody can read takes away all behind it, as upstream. */
export const columnsOf = (columns: readonly wire.CustomResourceColumnDefinition[] | undefined): Column<KubeObject>[] => {
  if (!columns?.length) return [ageColumn]
  const made: Column<KubeObject>[] = []
  for (const { name, type, format, description, priority = 0, jsonPath } of columns) {
    const path = readPath(jsonPath)
    if (!path) break
    made.push({
      name,
      type: type as Column<KubeObject>['type'],
      format,
      description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
      priority,
      cell: (object, nowMs) => cellOf(type, firstOf(path, object), nowMs),
    })
  }
  return made
}

export const readPath = (text: string): readonly PathNode[] | undefined => {
  try {
    return parsePath(text)
  } catch (error) {
    if (error instanceof JsonPathError) return undefined
    throw error
  }
}

/** Undefined: there is none. */
export const firstOf = (path: readonly PathNode[], object: unknown): unknown => {
  try {
    return findAll(path, object)[0]
  } catch (error) {
    if (error instanceof JsonPathError) return undefined
    throw error
  }
}

const cellOf = (type: string, value: unknown, nowMs: number): Cell => {
  if (value === undefined) return undefined
  if (type === 'string') return textOf(value)
  if (value === null) return undefined
  if (type === 'boolean') return typeof value === 'boolean' ? value : undefined
  if (type === 'date') return typeof value === 'string' ? dateCell(value, nowMs) : undefined
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined
  return type === 'integer' && typeof value === 'number' ? Math.trunc(value) : Number(value)
}

const dateCell = (text: string, nowMs: number): string => {
  if (text === '' || text === 'null') return '<unknown>'
  return /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)) ? humanAge(text, nowMs) : '<invalid>'
}

/** As Go prints a value. */
export const textOf = (value: unknown): string => {
  if (value === null) return '<nil>'
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'bigint' ? goNumber(value) : goJson(value)
}

/** With the names in order. */
const goJson = (value: unknown): string =>
  JSON.stringify(inNameOrder(value)).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
