import type { KubeObject } from '../../../meta/object.ts'
import type { CrdVersion } from '../resource.ts'
import { firstOf, readPath, textOf } from './columns.ts'

/** Fields that a version lets be selected by, beside name and namespace. */
export const selectorsOf = (fields: CrdVersion['selectableFields']): Record<string, (object: KubeObject) => string> =>
  Object.fromEntries(
    (fields ?? []).flatMap(({ jsonPath }) => {
      const path = readPath(jsonPath)
      if (!path) return []
      const select = (object: KubeObject) => {
        const value = firstOf(path, object)
        return value === undefined || value === null ? '' : textOf(value)
      }
      return [[jsonPath.replace(/^\./, ''), select]]
    }),
  )
