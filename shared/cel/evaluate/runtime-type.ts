import type { CelType } from '../type.ts'
import { CelList, CelMap, type CelValue, typeOfValue } from '../value/value.ts'

/** Whether a value may go where `type` is declared; of lists and maps the first item tells. */
export const isOfType = (type: CelType, value: CelValue): boolean => {
  if (type.nullable && value === null) return true
  const dynamic = type.kind === 'dyn' || type.kind === 'any' || type.kind === 'typeParam'
  if (!dynamic && type.name !== typeOfValue(value).name) return false
  if (type.kind === 'list' && value instanceof CelList) return value.size === 0 || isOfType(type.parameters[0]!, value.at(0))
  if (type.kind === 'map' && value instanceof CelMap) {
    for (const key of value.keys()) return isOfType(type.parameters[0]!, key) && isOfType(type.parameters[1]!, value.find(key)!)
  }
  return true
}
