import { boolType, listOf, typeParameter } from '../type.ts'
import { listContains } from '../value/compare.ts'
import type { CelList, CelValue } from '../value/value.ts'
import { declare, type FunctionDeclaration, overload } from './declaration.ts'

const list = listOf(typeParameter('T'))

const contains = (all: CelList, some: CelList): CelValue => {
  for (const item of some) {
    const found = listContains(all, item)
    if (found !== true) return found
  }
  return true
}

const equivalent = (a: CelList, b: CelList): CelValue => {
  const found = contains(a, b)
  return found === true ? contains(b, a) : found
}

const intersects = (a: CelList, b: CelList): CelValue => {
  for (const item of a) if (listContains(b, item) === true) return true
  return false
}

export const sets: readonly FunctionDeclaration[] = [
  declare('sets.contains', [overload('list_sets_contains_list', [list, list], boolType, contains)]),
  declare('sets.equivalent', [overload('list_sets_equivalent_list', [list, list], boolType, equivalent)]),
  declare('sets.intersects', [overload('list_sets_intersects_list', [list, list], boolType, intersects)]),
]
