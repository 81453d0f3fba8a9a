import { macroKey } from '../parse/calls.ts'
import type { Macro } from '../parse/macro.ts'
import { loopMacros } from '../parse/macros.ts'
import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  durationType,
  intType,
  listOf,
  mapOf,
  nullType,
  opaqueType,
  stringType,
  timestampType,
  typeOf,
  typeParameter,
  typeType,
  uintType,
} from '../type.ts'
import { authorizer } from './authorizer.ts'
import { cidr, cidrType } from './cidr.ts'
import type { FunctionDeclaration } from './declaration.ts'
import { extendedLists, sortBy } from './extended-lists.ts'
import { format } from './format.ts'
import { ip, ipType } from './ip.ts'
import { lists } from './lists.ts'
import { mapInsert } from './map-insert.ts'
import { optionalMacros, optionals } from './optionals.ts'
import { quantity } from './quantity.ts'
import { regex } from './regex.ts'
import { semver } from './semver.ts'
import { sets } from './sets.ts'
import { arithmetic } from './standard/arithmetic.ts'
import { comparison } from './standard/comparison.ts'
import { conversions } from './standard/conversion.ts'
import { logic } from './standard/logic.ts'
import { text } from './standard/text.ts'
import { time } from './standard/time.ts'
import { strings } from './strings.ts'
import { url } from './url.ts'

/** In the order of upstream's environment, which is the order in which overloads of one name are tried. */
const libraries: readonly (readonly FunctionDeclaration[])[] = [
  logic,
  comparison,
  arithmetic,
  text,
  conversions,
  time,
  url,
  regex,
  lists,
  authorizer,
  optionals,
  quantity,
  strings,
  sets,
  ip,
  cidr,
  format,
  mapInsert,
  semver,
  extendedLists,
]

const merge = (before: FunctionDeclaration, more: FunctionDeclaration): FunctionDeclaration => ({
  ...before,
  ...more,
  overloads: [...before.overloads, ...more.overloads],
  unguarded: before.unguarded === true && more.unguarded === true,
})

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => (made ??= make())
}

export const declarations = once(() => {
  const byName = new Map<string, FunctionDeclaration>()
  for (const one of libraries.flat()) {
    const before = byName.get(one.name)
    byName.set(one.name, before ? merge(before, one) : one)
  }
  return byName as ReadonlyMap<string, FunctionDeclaration>
})

export const keyOfMacro = ({ name, arity, isMember }: Macro): string => macroKey(name, arity, isMember)

export const macros = once(
  (): ReadonlyMap<string, Macro> =>
    new Map([...loopMacros, ...optionalMacros, sortBy].map((macro) => [keyOfMacro(macro), macro])),
)

export const typeNames = once((): ReadonlyMap<string, CelType> => {
  const [a, b] = [typeParameter('A'), typeParameter('B')]
  const types = [boolType, bytesType, doubleType, durationType, intType, listOf(a), mapOf(a, b), nullType, stringType]
  const all = [...types, timestampType, typeType, uintType, opaqueType('optional_type'), ipType, cidrType]
  return new Map(all.map((type) => [type.name, typeOf(type)]))
})
