/** Whether two values have the same JSON, whatever the order of their fields; a field without a value is none. */
export const jsonEqual = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, index) => jsonEqual(item, b[index]))
  }
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  for (const key in left) if (!jsonEqual(left[key], right[key])) return false
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false
  return true
}

/** The same of two objects, whatever stands in some of their fields. */
export const jsonEqualBut = (fields: ReadonlySet<string>, a: object, b: object): boolean => {
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  for (const key in left) if (!fields.has(key) && !jsonEqual(left[key], right[key])) return false
  for (const key in right) if (right[key] !== undefined && left[key] === undefined && !fields.has(key)) return false
  return true
}

/** Whether they differ outside metadata and status: what generation counts. */
export const specEqual = (a: object, b: object): boolean => jsonEqualBut(besidesSpec, a, b)

const besidesSpec: ReadonlySet<string> = new Set(['metadata', 'status'])
