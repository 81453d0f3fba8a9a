import type { CelType } from '../type.ts'
import type { CelValue } from '../value/value.ts'

/** Called with as many arguments as its overload has, of the types that it has. */
export type Implementation = (...args: never[]) => CelValue

/** One signature of a function. `args` begin with what a method is called on. */
export interface Overload {
  readonly id: string
  readonly isMember: boolean
  readonly args: readonly CelType[]
  readonly result: CelType
  /** Called with failed arguments too. */
  readonly nonStrict?: boolean
  /** Undefined: the function's `singleton` does it, or the evaluator itself. */
  readonly call?: Implementation
}

/** What all overloads of a function share at run time. */
export interface Singleton {
  readonly call: Implementation
  /** Whether the first argument can take it; undefined: any. */
  readonly accepts?: (first: CelValue) => boolean
}

export interface FunctionDeclaration {
  readonly name: string
  readonly overloads: readonly Overload[]
  readonly singleton?: Singleton
  /** Whether arguments are looked at before a call: not where the implementation does it. */
  readonly unguarded?: boolean
}

export const overload = (id: string, args: readonly CelType[], result: CelType, call?: Implementation): Overload => ({
  id,
  isMember: false,
  args,
  result,
  ...(call && { call }),
})

export const method = (id: string, args: readonly CelType[], result: CelType, call?: Implementation): Overload => ({
  ...overload(id, args, result, call),
  isMember: true,
})

export const declare = (name: string, overloads: readonly Overload[], singleton?: Singleton): FunctionDeclaration => ({
  name,
  overloads,
  ...(singleton && { singleton }),
})
