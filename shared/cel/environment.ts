import type { EnvironmentOptions, StructTypes } from './cel.ts'
import type { FunctionDeclaration, Overload } from './library/declaration.ts'
import { declarations, keyOfMacro, macros, typeNames } from './library/index.ts'
import type { Macro } from './parse/macro.ts'
import { type CelType, typeOf } from './type.ts'

/** What an expression may name: the functions of upstream's API server in 1.35, and the variables and types of one use. */
export interface Environment {
  readonly variables: ReadonlyMap<string, CelType>
  readonly structs: StructTypes
  readonly macros: ReadonlyMap<string, Macro>
  /** The type of a name that means a type: `type(int)`. */
  typeNamed(name: string): CelType | undefined
  declarationOf(name: string): FunctionDeclaration | undefined
  overloadsOf(name: string): readonly Overload[] | undefined
}

const noStructs: StructTypes = { find: () => undefined }

export const createEnvironment = ({
  variables = {},
  structs = noStructs,
  macros: more = [],
}: EnvironmentOptions): Environment => ({
  variables: new Map(Object.entries(variables)),
  structs,
  macros: more.length === 0 ? macros() : new Map([...macros(), ...more.map((macro) => [keyOfMacro(macro), macro] as const)]),
  typeNamed: (name) => {
    const struct = structs.find(name)
    return struct ? typeOf(struct.type) : typeNames().get(name)
  },
  declarationOf: (name) => declarations().get(name),
  overloadsOf: (name) => declarations().get(name)?.overloads,
})
