/** Whether two JSON values say the same; a field that is undefined is as good as absent. */
export const semanticallyEqual = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => semanticallyEqual(item, b[index]))
    )
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  for (const name in left) if (!semanticallyEqual(left[name], right[name])) return false
  for (const name in right) if (right[name] !== undefined && left[name] === undefined) return false
  return true
}
