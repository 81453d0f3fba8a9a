import type { NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from '../resources/generated/types.ts'
import type { NodeInfo } from './node-info.ts'

type NamedLabels = Pick<NodeInfo, 'name' | 'labels'>

/** What a pod's nodeSelector and required node affinity say together; undefined: nothing. */
export const requiredNodeAffinity = (spec: PodSpec): ((node: NamedLabels) => boolean) | undefined => {
  const { nodeSelector, affinity } = spec
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  if (!nodeSelector && !terms) return undefined
  const pairs = Object.entries(nodeSelector ?? {})
  return (node) =>
    pairs.every(([key, value]) => node.labels[key] === value) && (!terms || terms.some((term) => matchesTerm(term, node)))
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
