import { additionalOf, type Structural } from './structural.ts'

/** Whether something is so of a schema or of any below it; found out once for each, so that most values need not be walked for it. */
export const somewhere = (is: (schema: Structural) => boolean): ((schema: Structural | undefined) => boolean) => {
  const known = new WeakMap<Structural, boolean>()
  const look = (schema: Structural | undefined): boolean => {
    if (!schema) return false
    const before = known.get(schema)
    if (before !== undefined) return before
    const found =
      is(schema) || Object.values(schema.properties ?? {}).some(look) || look(schema.items) || look(additionalOf(schema))
    known.set(schema, found)
    return found
  }
  return look
}
