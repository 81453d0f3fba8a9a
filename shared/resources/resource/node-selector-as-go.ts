import type { NodeSelectorRequirement, NodeSelectorTerm } from '../generated/types.ts'

/** With upstream's own names of the fields, as its messages show them. */
export const termsAsGo = (terms: readonly NodeSelectorTerm[] | null | undefined) =>
  terms?.map(({ matchExpressions, matchFields }) => ({
    MatchExpressions: matchExpressions?.map(requirementAsGo) ?? null,
    MatchFields: matchFields?.map(requirementAsGo) ?? null,
  })) ?? null

const requirementAsGo = ({ key = '', operator = '', values }: Partial<NodeSelectorRequirement>) => ({
  Key: key,
  Operator: operator,
  Values: values ?? null,
})
