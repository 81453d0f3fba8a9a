import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  durationType,
  intType,
  stringType,
  timestampType,
  typeParameter,
  uintType,
} from '../../type.ts'
import { compareValues, isComparable } from '../../value/compare.ts'
import { CelError, type CelValue } from '../../value/value.ts'
import { declare, type FunctionDeclaration, type Overload, overload } from '../declaration.ts'

/** Names of overloads begin with the operator's and name the types that are no pair. */
const comparisons = (name: string): Overload[] => {
  const pair = (suffix: string, left: CelType, right: CelType = left) => overload(`${name}_${suffix}`, [left, right], boolType)
  return [
    pair('bool', boolType),
    pair('int64', intType),
    pair('int64_double', intType, doubleType),
    pair('int64_uint64', intType, uintType),
    pair('uint64', uintType),
    pair('uint64_double', uintType, doubleType),
    pair('uint64_int64', uintType, intType),
    pair('double', doubleType),
    pair('double_int64', doubleType, intType),
    pair('double_uint64', doubleType, uintType),
    pair('string', stringType),
    pair('bytes', bytesType),
    pair('timestamp', timestampType),
    pair('duration', durationType),
  ]
}

const comparing = (operator: string, name: string, holds: (order: number) => boolean): FunctionDeclaration =>
  declare(operator, comparisons(name), {
    call: (a: CelValue, b: CelValue) => {
      const order = compareValues(a, b)
      return order instanceof CelError ? order : holds(order)
    },
    accepts: isComparable,
  })

const any = typeParameter('A')

/** Equality is the evaluator's own: it takes values of all types. */
export const comparison: readonly FunctionDeclaration[] = [
  declare('_==_', [overload('equals', [any, any], boolType)]),
  declare('_!=_', [overload('not_equals', [any, any], boolType)]),
  comparing('_<_', 'less', (order) => order < 0),
  comparing('_<=_', 'less_equals', (order) => order <= 0),
  comparing('_>_', 'greater', (order) => order > 0),
  comparing('_>=_', 'greater_equals', (order) => order >= 0),
]
