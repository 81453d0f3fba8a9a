import type { Statement } from '../deploy/deployment.ts'
import type { Permission } from './needed.ts'

/**
 * Whether an identity's policies allow it: an explicit denial wins, what nobody allows is denied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export const allows = (statements: readonly Statement[], permission: Permission): boolean => {
  const matching = statements.filter((statement) => matches(statement, permission))
  return matching.length > 0 && matching.every(({ Effect }) => Effect === 'Allow')
}

const listOf = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value)

const matches = (
  { Action, Resource, Condition = {}, ...rest }: Statement,
  { action, resource, context }: Permission,
): boolean => {
  for (const element of ['NotAction', 'NotResource', 'Principal'])
    if (element in rest) throw new Error(`a statement with ${element} is not played here`)
  return (
    listOf(Action).some((pattern) => like(pattern.toLowerCase(), action.toLowerCase())) &&
    // A statement for certain resources says nothing of an action that knows none.
    listOf(Resource).some((pattern) => like(pattern, resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, listOf(wanted), context[key])),
    )
  )
}

const holds = (operator: string, wanted: readonly string[], actual: string | readonly string[] | undefined): boolean => {
  const [, quantifier, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? []
  const test = operators[name]
  if (!test) throw new Error(`the condition operator ${operator} is not played here`)
  if (actual === undefined) return ifExists !== undefined || quantifier === 'ForAllValues'
  const fits = (value: string) => wanted.some((one) => test(one, value))
  return quantifier === 'ForAllValues' ? listOf(actual).every(fits) : listOf(actual).some(fits)
}

const equals = (wanted: string, actual: string) => wanted === actual
const operators: Readonly<Record<string, (wanted: string, actual: string) => boolean>> = {
  StringEquals: equals,
  StringLike: (wanted, actual) => like(wanted, actual),
  // Both take wildcards.
  ArnEquals: (wanted, actual) => like(wanted, actual),
  ArnLike: (wanted, actual) => like(wanted, actual),
  Bool: equals,
}

/** `*` stands for any characters, `?` for one. */
const like = (pattern: string, text: string): boolean => {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]')
  return new RegExp(`^${expression}$`).test(text)
}
