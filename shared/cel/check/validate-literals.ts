import { patternFault } from '../../meta/pattern/pattern.ts'
import type { Environment } from '../environment.ts'
import { plan } from '../evaluate/plan.ts'
import {
  type Call,
  childrenOf,
  type Expression,
  type ListExpression,
  type Literal,
  type MapExpression,
} from '../parse/expression.ts'
import type { Source } from '../parse/source.ts'
import { type CelType, isEquivalentType } from '../type.ts'
import type { CheckedExpression } from './checked.ts'
import { validateFormat } from './validate-format.ts'

/** What the types do not show: constants that don't convert, patterns, mixed lists, clauses of `format()`. */
export const validateLiterals = (checked: CheckedExpression, source: Source, environment: Environment): void => {
  const nodes = [...withParents(checked.root)]
  const report = (node: Expression, message: string) => source.report(source.offsetOf(node.id), message)
  for (const name of ['duration', 'timestamp', 'matches'])
    for (const { node } of nodes) {
      if (node.kind !== 'call' || node.name !== name) continue
      const [arg] = node.args
      if (arg?.kind === 'literal' && !isValid(node, arg, checked, environment)) report(arg, `invalid ${name} argument`)
    }
  for (const { node, formatted } of nodes) {
    if (formatted) continue
    if (node.kind === 'list') checkList(node, checked, report)
    if (node.kind === 'map') checkMap(node, checked, report)
  }
  for (const { node } of nodes) if (node.kind === 'call') validateFormat(node, checked, report)
}

export type Report = (node: Expression, message: string) => void

/** All nodes, and whether they stand among what `format()` gets. */
function* withParents(node: Expression, formatted = false): Iterable<{ node: Expression; formatted: boolean }> {
  yield { node, formatted }
  const inside = formatted || (node.kind === 'call' && node.name === 'format')
  for (const child of childrenOf(node)) yield* withParents(child, inside)
}

const isValid = (call: Call, arg: Literal, checked: CheckedExpression, environment: Environment): boolean => {
  if (call.name === 'matches') return !patternFault(String(arg.value))
  try {
    plan({ ...checked, root: call }, environment)
    return true
  } catch {
    return false
  }
}

const unwrapped = (type: CelType, optional: boolean): CelType => (optional ? (type.parameters[0] ?? type) : type)
const mismatch = (expected: CelType, found: CelType) => `expected type '${expected}' but found '${found}'`

const checkList = (list: ListExpression, { types }: CheckedExpression, report: Report): void => {
  let expected: CelType | undefined
  for (const [index, element] of list.elements.entries()) {
    const type = unwrapped(types.get(element.id)!, list.optional.has(index))
    expected ??= type
    if (isEquivalentType(expected, type)) continue
    report(element, mismatch(expected, type))
    return
  }
}

const checkMap = ({ entries }: MapExpression, { types }: CheckedExpression, report: Report): void => {
  let [keyType, valueType]: [CelType?, CelType?] = []
  for (const { key, value, optional } of entries) {
    const found = { key: types.get(key.id)!, value: unwrapped(types.get(value.id)!, optional) }
    keyType ??= found.key
    valueType ??= found.value
    if (!isEquivalentType(keyType, found.key)) report(key, mismatch(keyType, found.key))
    if (!isEquivalentType(valueType, found.value)) report(value, mismatch(valueType, found.value))
  }
}
