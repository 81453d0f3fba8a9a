import type { SizeHints, StructDeclaration, StructTypes } from '../cel.ts'
import type { CelType } from '../type.ts'
import type { DeclaredType } from './declared-type.ts'

/** All objects inside of a declared type, by the names of their types. */
export const structsOf = (root: DeclaredType): StructTypes => {
  const found = new Map<string, StructDeclaration>()
  const visit = ({ type, fields, element }: DeclaredType): void => {
    if (fields)
      found.set(type.name, { type, fields: new Map<string, CelType>([...fields].map(([name, field]) => [name, field.type])) })
    for (const field of fields?.values() ?? []) visit(field)
    if (element) visit(element)
  }
  visit(root)
  return { find: (name) => found.get(name) }
}

/** Sizes by the way from a variable whose type is `root`. */
export const hintsOf =
  (root: DeclaredType): SizeHints =>
  ({ path }) => {
    if (!path?.length) return undefined
    let current: DeclaredType | undefined = root
    for (const step of path.slice(1)) {
      if (step === '@items' || step === '@values') current = current.element
      // Keys of maps are strings without a bound of their own.
      else if (step === '@keys') return current.element && current.type.kind === 'map' ? { min: 0n, max: 0n } : undefined
      else current = current.fields?.get(step)
      if (!current) return undefined
    }
    return { min: 0n, max: BigInt(current.maxElements) }
  }
