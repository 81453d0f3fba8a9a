import { type FieldError, invalidValue } from '../../../../meta/field-error.ts'
import type { NodeSelectorTerm, PodSpec } from '../../../generated/types.ts'
import { isEquivalent } from '../../../validation/equality.ts'

export const isGated = ({ schedulingGates }: PodSpec) => (schedulingGates?.length ?? 0) > 0

/** A pod that is not yet to be scheduled may still be told more of where to go. */
export const validatePlacementOfGated = (spec: PodSpec, old: PodSpec): FieldError[] =>
  isGated(old) ? [...validateNodeSelector(spec, old), ...validateNodeAffinity(termsOf(spec), termsOf(old))] : []

const validateNodeSelector = ({ nodeSelector = {} }: PodSpec, old: PodSpec): FieldError[] =>
  Object.entries(old.nodeSelector ?? {}).some(([key, value]) => nodeSelector[key] !== value)
    ? [
        invalidValue(
          'spec.nodeSelector',
          nodeSelector,
          'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
        ),
      ]
    : []

const termsOf = ({ affinity }: PodSpec) =>
  affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []

const validateNodeAffinity = (terms: readonly NodeSelectorTerm[], old: readonly NodeSelectorTerm[]): FieldError[] => {
  const path = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms'
  if (old.length > 0 && old.length !== terms.length)
    return [invalidValue(path, terms, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')]
  return old.flatMap((term, index) =>
    onlyAdds(terms[index] ?? {}, term)
      ? []
      : [invalidValue(`${path}[${index}]`, terms[index], 'only additions are allowed (no mutations or deletions)')],
  )
}

/** An empty term matches nothing: it may not start to match. */
const onlyAdds = (term: NodeSelectorTerm, old: NodeSelectorTerm): boolean => {
  const lists = ['matchExpressions', 'matchFields'] as const
  if (lists.every((list) => !old[list]?.length)) return lists.every((list) => !term[list]?.length)
  return lists.every((list) => isEquivalent((term[list] ?? []).slice(0, old[list]?.length ?? 0), old[list] ?? []))
}

/** The spec with the old pod's placement, but the rest of its affinity. */
export const withPlacementOf = (old: PodSpec, spec: PodSpec): PodSpec => {
  const nodeAffinity = old.affinity?.nodeAffinity
  const { nodeAffinity: _, ...others } = spec.affinity ?? {}
  const affinity = nodeAffinity ? { ...others, nodeAffinity } : Object.keys(others).length > 0 ? others : old.affinity
  return { ...spec, nodeSelector: old.nodeSelector, affinity }
}
