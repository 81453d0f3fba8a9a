import { type FieldError, invalidValue } from '../../meta/field-error.ts'

const isNothing = (value: unknown) => value === undefined || value === null || (Array.isArray(value) && value.length === 0)

/** Whether two values of complete objects mean the same: there, what is not said and what is said to be empty differ, but for lists. */
export const isEquivalent = (a: unknown, b: unknown): boolean => {
  if (a === b || (isNothing(a) && isNothing(b))) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((value, index) => isEquivalent(value, b[index]))
    )
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  for (const key in left) if (!isEquivalent(left[key], right[key])) return false
  for (const key in right) if (!(key in left) && !isNothing(right[key])) return false
  return true
}

export const immutable = (path: string, value: unknown, old: unknown): FieldError[] =>
  isEquivalent(value, old) ? [] : [invalidValue(path, value, 'field is immutable')]
