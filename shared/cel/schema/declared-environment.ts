import type { SizeHints, StructDeclaration, StructTypes } from '../cel.ts'
import { saturated } from '../cost/estimate.ts'
import { type CelType, listOf, mapOf, stringType, structType } from '../type.ts'
import type { DeclaredType } from './declared-type.ts'

/** What messages call the type of what the rules are of. */
const selfName = 'selfType'

/** `name`: of an object, without a dot; objects in it are named by the way to them. */
export const selfTypeOf = (declared: DeclaredType, name = selfName): CelType => typeAt(declared, name)

const typeAt = ({ type, element }: DeclaredType, name: string): CelType => {
  switch (type) {
    case 'object':
      return structType(name)
    case 'list':
      return listOf(typeAt(element!, `${name}.@idx`))
    case 'map':
      return mapOf(stringType, typeAt(element!, `${name}.@elem`))
  }
  return type
}

/** All objects inside of a declared type, which has that name. */
export const structsOf = (root: DeclaredType, rootName = selfName): StructTypes => {
  const known = new Map<string, StructDeclaration | undefined>()
  const find = (name: string): StructDeclaration | undefined => {
    const [first, ...steps] = name.split('.')
    let current = first === rootName ? root : undefined
    for (const step of steps) current = step === '@idx' || step === '@elem' ? current?.element : current?.fields?.get(step)
    const { fields } = current ?? {}
    if (!fields) return undefined
    const types = [...fields].map(([field, declared]) => [field, typeAt(declared, `${name}.${field}`)] as const)
    return { type: structType(name), fields: new Map(types) }
  }
  return {
    find: (name) => {
      if (!name.startsWith(rootName)) return undefined
      if (!known.has(name)) known.set(name, find(name))
      return known.get(name)
    },
  }
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
      else if (step === '@keys') return current.type === 'map' ? { min: 0n, max: 0n } : undefined
      else current = current.fields?.get(step)
      if (!current) return undefined
    }
    return { min: 0n, max: saturated(BigInt(current.maxElements)) }
  }
