import { isDeepStrictEqual } from 'node:util'
import { type FieldError, invalidValue } from '../../meta/field-error.ts'

/** As Go sees it: a field that is not there is the same as one that is false, 0, '' or an empty list. */
const isZero = (value: unknown) =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  value === 0 ||
  (Array.isArray(value) && value.length === 0)

/** Fields whose value has keys that users choose: there, an empty value is one. */
const maps = new Set([
  'matchLabels',
  'nodeSelector',
  'labels',
  'annotations',
  'data',
  'binaryData',
  'parameters',
  'volumeAttributes',
  'options',
])

/** Whether two values of JSON mean the same object. */
export const isEquivalent = (a: unknown, b: unknown): boolean => {
  if (a === b || (isZero(a) && isZero(b))) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((value, index) => isEquivalent(value, b[index]))
    )
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  return Object.keys({ ...left, ...right }).every((key) =>
    maps.has(key) ? isDeepStrictEqual(left[key] ?? {}, right[key] ?? {}) : isEquivalent(left[key], right[key]),
  )
}

export const immutable = (path: string, value: unknown, old: unknown): FieldError[] =>
  isEquivalent(value, old) ? [] : [invalidValue(path, value, 'field is immutable')]
