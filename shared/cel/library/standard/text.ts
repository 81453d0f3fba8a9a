import { compilePattern, PatternError } from '../../../meta/pattern/pattern.ts'
import { boolType, bytesType, intType, listOf, mapOf, stringType, typeParameter } from '../../type.ts'
import { wrongArgument } from '../../value/compare.ts'
import { lengthOf } from '../../value/string.ts'
import { CelError, CelList, CelMap, type CelValue } from '../../value/value.ts'
import { declare, type FunctionDeclaration, method, overload } from '../declaration.ts'

const listOfA = listOf(typeParameter('A'))
const mapOfAB = mapOf(typeParameter('A'), typeParameter('B'))

/** Characters, bytes, items or entries; undefined: the value has no size. */
export const sizeOf = (value: CelValue): number | undefined => {
  if (typeof value === 'string') return lengthOf(value)
  if (value instanceof CelList || value instanceof CelMap) return value.size
  return value instanceof Uint8Array ? value.length : undefined
}

const sized = [
  ['bytes', bytesType],
  ['list', listOfA],
  ['map', mapOfAB],
  ['string', stringType],
] as const

const tests = {
  contains: (text: string, part: string) => text.includes(part),
  endsWith: (text: string, part: string) => text.endsWith(part),
  startsWith: (text: string, part: string) => text.startsWith(part),
}

const testIds = { contains: 'contains_string', endsWith: 'ends_with_string', startsWith: 'starts_with_string' }

const testing = (name: keyof typeof tests): FunctionDeclaration => ({
  ...declare(name, [
    method(testIds[name], [stringType, stringType], boolType, (text: CelValue, part: CelValue) => {
      if (typeof text !== 'string') return wrongArgument(text)
      return typeof part === 'string' ? tests[name](text, part) : wrongArgument(part)
    }),
  ]),
  unguarded: true,
})

const matches = (text: CelValue, pattern: CelValue): CelValue => {
  if (typeof pattern !== 'string') return wrongArgument(pattern)
  const compiled = compilePattern(pattern)
  return compiled instanceof PatternError ? new CelError(compiled.message) : compiled.matches(text as string)
}

export const text: readonly FunctionDeclaration[] = [
  declare(
    'size',
    sized.flatMap(([name, type]) => [overload(`size_${name}`, [type], intType), method(`${name}_size`, [type], intType)]),
    { call: (value: CelValue) => BigInt(sizeOf(value)!), accepts: (value) => sizeOf(value) !== undefined },
  ),
  ...(['contains', 'endsWith', 'startsWith'] as const).map(testing),
  declare(
    'matches',
    [overload('matches', [stringType, stringType], boolType), method('matches_string', [stringType, stringType], boolType)],
    { call: matches, accepts: (value) => typeof value === 'string' },
  ),
]
