import { boolType, intType, listOf, mapOf, typeParameter } from '../../type.ts'
import { listContains, wrongArgument } from '../../value/compare.ts'
import { CelList, CelMap, type CelValue } from '../../value/value.ts'
import { declare, type FunctionDeclaration, overload } from '../declaration.ts'

const a = typeParameter('A')
const b = typeParameter('B')

const inAggregate = (value: CelValue, container: CelValue): CelValue => {
  if (container instanceof CelList) return listContains(container, value)
  return container instanceof CelMap ? container.find(value) !== undefined : wrongArgument(container)
}

/** What has no implementation is done by the evaluator: it takes failed parts, or only one of two. */
export const logic: readonly FunctionDeclaration[] = [
  declare('_?_:_', [overload('conditional', [boolType, a, a], a)]),
  declare('_&&_', [overload('logical_and', [boolType, boolType], boolType)]),
  declare('_||_', [overload('logical_or', [boolType, boolType], boolType)]),
  declare('!_', [overload('logical_not', [boolType], boolType)], {
    call: (value: CelValue) => (typeof value === 'boolean' ? !value : wrongArgument(value)),
  }),
  declare('@not_strictly_false', [
    {
      ...overload('not_strictly_false', [boolType], boolType, (value: CelValue) => (typeof value === 'boolean' ? value : true)),
      nonStrict: true,
    },
  ]),
  declare('_[_]', [overload('index_list', [listOf(a), intType], a), overload('index_map', [mapOf(a, b), a], b)]),
  declare('@in', [overload('in_list', [a, listOf(a)], boolType), overload('in_map', [a, mapOf(a, b)], boolType)], {
    call: inAggregate,
  }),
]
