import { type CelValue, Optional } from '../value/value.ts'
import { actualSize } from './actual-size.ts'
import { libraryCost } from './library-cost.ts'

const traversal = 0.1
const regexLength = 0.25

const sizeInside = (value: CelValue | undefined): number =>
  value instanceof Optional && value.value !== undefined ? sizeInside(value.value) : actualSize(value)

const ordered = ['less', 'less_equals', 'greater', 'greater_equals'].flatMap((name) => [`${name}_string`, `${name}_bytes`])
const smaller = new Set([...ordered, 'equals', 'not_equals'])
const first = new Set([
  'starts_with_string',
  'ends_with_string',
  'string_to_bytes',
  'bytes_to_string',
  'strings_quote',
  'string_format',
])

type FunctionCost = (args: readonly CelValue[], result: CelValue) => number

/** What a call cost, by its arguments and its result. */
export const functionCost = (name: string, overload: string): FunctionCost => {
  const ofLibrary = libraryCost(name, overload)
  const plain = plainCost(overload)
  return ofLibrary ? (args, result) => ofLibrary(args, result, overload) ?? plain(args, result) : plain
}

const plainCost = (overload: string): FunctionCost => {
  if (first.has(overload)) return ([a]) => Math.ceil(sizeInside(a) * traversal)
  if (smaller.has(overload)) return ([a, b]) => Math.ceil(Math.min(sizeInside(a), sizeInside(b)) * traversal)
  switch (overload) {
    case 'in_list':
      return ([, list]) => sizeInside(list)
    case 'add_string':
    case 'add_bytes':
      return ([a, b]) => Math.ceil((sizeInside(a) + sizeInside(b)) * traversal)
    case 'matches_string':
      return ([a, b]) => Math.ceil((1 + sizeInside(a)) * traversal) * Math.ceil(sizeInside(b) * regexLength)
    case 'contains_string':
      return ([a, b]) => Math.ceil(sizeInside(a) * traversal) * Math.ceil(sizeInside(b) * traversal)
  }
  return () => 1
}
