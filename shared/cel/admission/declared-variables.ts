import type { StructDeclaration } from '../cel.ts'
import { type CelType, dynType, listOf, mapOf, structType } from '../type.ts'

/** Of the variable `variables`. */
export const variablesType = structType('kubernetes.variables')

/** What a policy's own variables are declared as, one after the other: each may name those before it. */
export class DeclaredVariables {
  readonly #fields = new Map<string, CelType>()
  readonly declaration: StructDeclaration = { type: variablesType, fields: this.#fields }

  /** `type`: of its expression; undefined: that is wrong, and nothing is known of it. */
  add(name: string, type: CelType | undefined): void {
    this.#fields.set(name, type ? known(type) : dynType)
  }
}

const plain: ReadonlySet<string> = new Set('any bool bytes double duration int null string timestamp uint'.split(' '))

/** Of objects and of what only functions look into, variables know nothing. */
const known = (type: CelType): CelType => {
  if (plain.has(type.kind) && !type.nullable) return type
  const [first, second] = type.parameters
  if (type.kind === 'list') return listOf(known(first ?? dynType))
  return type.kind === 'map' ? mapOf(known(first ?? dynType), known(second ?? dynType)) : dynType
}
