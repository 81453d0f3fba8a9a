import { mapOf, typeParameter } from '../type.ts'
import { withEntry } from '../value/growing-map.ts'
import { shown } from '../value/shown.ts'
import { CelError, type CelMap, type CelValue, type ValueMap } from '../value/value.ts'
import { declare, type FunctionDeclaration, overload } from './declaration.ts'

const [k, v] = [typeParameter('K'), typeParameter('V')]
const map = mapOf(k, v)

const insert = (into: CelMap, key: CelValue, value: CelValue): CelMap | CelError =>
  into.find(key) === undefined
    ? withEntry(into as ValueMap, key, value)
    : new CelError(`insert failed: key ${shown(key)} already exists`)

const insertAll = (into: CelMap, entries: CelMap): CelValue => {
  let result = into
  for (const key of entries.keys()) {
    const next = insert(result, key, entries.find(key)!)
    if (next instanceof CelError) return next
    result = next
  }
  return result
}

/** What loops collect maps by. */
export const mapInsert: readonly FunctionDeclaration[] = [
  declare('cel.@mapInsert', [
    overload('@mapInsert_map_key_value', [map, k, v], map, insert),
    overload('@mapInsert_map_map', [map, map], map, insertAll),
  ]),
]
