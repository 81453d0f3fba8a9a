import type { KubeObject } from '../../../meta/object.ts'
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../../resources/resource.ts'
import type { MatchCriteria } from '../matching/match.ts'
import { criteriaOf } from './compiled-policy.ts'

export interface BoundPolicy {
  readonly policy: ValidatingAdmissionPolicy
  /** undefined: it says nothing of what it means */
  readonly criteria: MatchCriteria | undefined
  readonly bindings: readonly PolicyBinding[]
}

export interface PolicyBinding {
  readonly binding: ValidatingAdmissionPolicyBinding
  /** undefined: whatever the policy means */
  readonly criteria: MatchCriteria | undefined
}

type Policies = readonly ValidatingAdmissionPolicy[]
type Bindings = readonly ValidatingAdmissionPolicyBinding[]

const made = new WeakMap<Bindings, { readonly policies: Policies; readonly bound: readonly BoundPolicy[] }>()

/** Policies that a binding puts to work, by name, each with its bindings by name. Made once of what a cache gives. */
export const boundPolicies = (policies: Policies, bindings: Bindings): readonly BoundPolicy[] => {
  const known = made.get(bindings)
  if (known?.policies === policies) return known.bound
  const bound = bind(policies, bindings)
  made.set(bindings, { policies, bound })
  return bound
}

const byName = <T extends KubeObject>(objects: readonly T[]): T[] =>
  [...objects].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))

const bind = (policies: Policies, bindings: Bindings): BoundPolicy[] => {
  const ofPolicy = Map.groupBy(byName(bindings), ({ spec }) => spec.policyName)
  return byName(policies).flatMap((policy) => {
    const own = ofPolicy.get(policy.metadata.name)
    if (!own) return []
    const { matchConstraints } = policy.spec
    return {
      policy,
      criteria: matchConstraints && criteriaOf(matchConstraints),
      bindings: own.map((binding) => ({
        binding,
        criteria: binding.spec.matchResources && criteriaOf(binding.spec.matchResources),
      })),
    }
  })
}
