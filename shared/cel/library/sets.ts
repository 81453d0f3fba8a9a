import { boolType, listOf, typeParameter } from '../type.ts'
import { listContains } from '../value/compare.ts'
import { tooLarge } from '../value/limit.ts'
import type { CelList, CelValue } from '../value/value.ts'
import { declare, type FunctionDeclaration, overload } from './declaration.ts'

const list = listOf(typeParameter('T'))

/** Each is compared with each: what would cost more than any budget is not begun. */
const mostComparisons = 10_000_000

const bound = (a: CelList, b: CelList): void => {
  if (a.size * b.size > mostComparisons) tooLarge()
}

const contains = (all: CelList, some: CelList): CelValue => {
  bound(all, some)
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
  bound(a, b)
  for (const item of a) if (listContains(b, item) === true) return true
  return false
}

export const sets: readonly FunctionDeclaration[] = [
  declare('sets.contains', [overload('list_sets_contains_list', [list, list], boolType, contains)]),
  declare('sets.equivalent', [overload('list_sets_equivalent_list', [list, list], boolType, equivalent)]),
  declare('sets.intersects', [overload('list_sets_intersects_list', [list, list], boolType, intersects)]),
]
