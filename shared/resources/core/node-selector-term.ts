import type { NodeSelectorRequirement, NodeSelectorTerm } from '../generated/types.ts'

/** What of a node selectors look at. */
export interface NamedLabels {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}

/** An empty term matches nothing. */
export const matchesTerm = ({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: NamedLabels): boolean =>
  matchExpressions.length + matchFields.length > 0 &&
  matchExpressions.every((requirement) => holds(requirement, node.labels[requirement.key])) &&
  matchFields.every((requirement) => holds(requirement, requirement.key === 'metadata.name' ? node.name : undefined))

const operators: Readonly<Record<string, (value: string | undefined, values: readonly string[]) => boolean>> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
  Gt: (value, [bound]) => compare(value, bound, (a, b) => a > b),
  Lt: (value, [bound]) => compare(value, bound, (a, b) => a < b),
}

const holds = ({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean =>
  operators[operator]?.(value, values) ?? false

const integer = /^[+-]?\d{1,19}$/
const compare = (value: string | undefined, bound: string | undefined, by: (a: bigint, b: bigint) => boolean): boolean =>
  value !== undefined && bound !== undefined && integer.test(value) && integer.test(bound) && by(BigInt(value), BigInt(bound))
