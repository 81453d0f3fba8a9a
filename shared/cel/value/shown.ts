import { textOf } from '../library/standard/conversion.ts'
import { CelType } from '../type.ts'
import { generalText } from './number-text.ts'
import { CelError, CelList, CelMap, type CelValue, Optional, typeOfValue } from './value.ts'

/** A value as messages show it. */
export const shown = (value: CelValue): string => {
  if (typeof value === 'string') return value
  if (value === null) return 'null'
  if (typeof value === 'number') return generalText(value)
  if (value instanceof CelType) return value.toString()
  if (value instanceof CelError) return value.message
  if (value instanceof Optional) return value.value === undefined ? 'optional.none()' : `optional(${shown(value.value)})`
  if (value instanceof CelList) return `[${[...value].map(shown).join(', ')}]`
  if (value instanceof CelMap)
    return `{${[...value.keys()].map((key) => `${shown(key)}: ${shown(value.find(key)!)}`).join(', ')}}`
  if (value instanceof Uint8Array) return `[${[...value].join(' ')}]`
  const text = textOf(value)
  return typeof text === 'string' ? text : typeOfValue(value).name
}
