import type { Environment } from '../environment.ts'
import type { FunctionDeclaration, Overload } from '../library/declaration.ts'
import { noSuchOverload } from '../value/compare.ts'
import { CelError, type CelValue, Duration, Timestamp, typeOfValue } from '../value/value.ts'
import { isOfType } from './runtime-type.ts'

export interface Binding {
  readonly call: (args: readonly CelValue[]) => CelValue
  readonly nonStrict: boolean
  readonly stopsEarly: boolean
}

type Call = (...args: readonly CelValue[]) => CelValue

const noOverload = (name: string, args: readonly CelValue[]): CelValue =>
  args.find((arg) => arg instanceof CelError) ??
  new CelError(`no such overload: ${name}(${args.map((arg) => typeOfValue(arg).name).join(', ')})`)

const takes = (overload: Overload, unguarded: boolean, args: readonly CelValue[]): boolean =>
  args.length === overload.args.length &&
  args.every((arg, index) =>
    arg instanceof CelError ? overload.nonStrict === true : unguarded || isOfType(overload.args[index]!, arg),
  )

const guarded = (declaration: FunctionDeclaration, overload: Overload): Binding => ({
  call: (args) =>
    takes(overload, declaration.unguarded === true, args) ? (overload.call as Call)(...args) : noOverload(declaration.name, args),
  nonStrict: overload.nonStrict === true,
  stopsEarly: overload.id === 'string_format',
})

const singleton = ({ name, singleton: shared }: FunctionDeclaration): Binding => ({
  call: (args) => {
    const [first] = args
    if (!shared!.accepts || shared!.accepts(first!)) return (shared!.call as Call)(...args)
    const receives = typeof first === 'string' || first instanceof Duration || first instanceof Timestamp
    return receives ? noSuchOverload : new CelError(`no such overload: ${name}`)
  },
  nonStrict: false,
  stopsEarly: false,
})

/** Picks among overloads by the values that it gets. */
const dispatching = (declaration: FunctionDeclaration, bound: readonly Overload[]): Binding => ({
  call: (args) => {
    const overload = bound.find((one) => takes(one, declaration.unguarded === true, args))
    return overload ? (overload.call as Call)(...args) : noOverload(declaration.name, args)
  },
  nonStrict: bound.some(({ nonStrict }) => nonStrict === true),
  stopsEarly: true,
})

/** What a call runs: one overload, if the check left one, or what decides among them. */
export const bindingOf = (environment: Environment, name: string, overload: string): Binding => {
  const declaration = environment.declarationOf(name)!
  if (declaration.singleton) return singleton(declaration)
  const bound = declaration.overloads.filter(({ call }) => call)
  const chosen = bound.find(({ id }) => id === overload) ?? (bound.length === 1 ? bound[0] : undefined)
  return chosen ? guarded(declaration, chosen) : dispatching(declaration, bound)
}
