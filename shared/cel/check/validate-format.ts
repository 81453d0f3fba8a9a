import { eachClause, FormatError, wrongType } from '../library/format-clause.ts'
import type { Call, Expression } from '../parse/expression.ts'
import type { TypeKind } from '../type.ts'
import type { CheckedExpression } from './checked.ts'

const whole: readonly TypeKind[] = ['int', 'uint']
const scalar: readonly TypeKind[] = ['int', 'uint', 'double', 'bool', 'string', 'timestamp', 'bytes', 'duration', 'type', 'null']

/** What each clause takes. */
const takes: Readonly<Record<string, readonly TypeKind[]>> = {
  s: [...scalar, 'list', 'map'],
  d: whole,
  f: ['double', 'string'],
  e: ['double', 'string'],
  b: [...whole, 'bool'],
  x: [...whole, 'string', 'bytes'],
  X: [...whole, 'string', 'bytes'],
  o: whole,
}

/** A constant format string with its arguments in place is checked before there are values. */
export const validateFormat = (
  call: Call,
  { types }: CheckedExpression,
  report: (node: Expression, message: string) => void,
): void => {
  const { target } = call
  const [args] = call.args
  if (call.name !== 'format' || target?.kind !== 'literal' || typeof target.value !== 'string' || args?.kind !== 'list') return
  const typeOf = (node: Expression) => types.get(node.id)!
  const allowed = (verb: string, node: Expression) => {
    const { kind } = typeOf(node)
    return kind === 'dyn' || takes[verb]!.includes(kind)
  }
  /** Of a list or map in place: the part that can't be shown. */
  const badPart = (node: Expression): Expression | undefined => {
    if (!allowed('s', node)) return node
    const parts =
      node.kind === 'list' ? node.elements : node.kind === 'map' ? node.entries.flatMap(({ key, value }) => [key, value]) : []
    for (const part of parts) {
      const bad = badPart(part)
      if (bad) return bad
    }
    return undefined
  }
  let asked = 0
  let place: Expression = call
  try {
    eachClause(target.value, -1, ({ verb }, index) => {
      asked = index + 1
      const arg = args.elements[index]
      if (!arg) throw new FormatError(`index ${index} out of range`)
      const bad = verb === 's' ? badPart(arg) : allowed(verb, arg) ? undefined : arg
      if (!bad) return ''
      place = bad
      throw wrongType(verb, typeOf(bad).name)
    })
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    report(place, error.message)
    return
  }
  if (args.elements.length > asked)
    report(call, `too many arguments supplied to string.format (expected ${asked}, got ${args.elements.length})`)
}
