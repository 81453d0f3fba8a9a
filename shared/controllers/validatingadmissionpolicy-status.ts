import { builtInKind, customKinds, type KnownKind } from '../resources/admissionregistration/type-check/known-kind.ts'
import { typeWarnings } from '../resources/admissionregistration/type-check/type-check.ts'
import type { CustomResourceDefinition } from '../resources/apiextensions/resource.ts'
import { definitions } from '../resources/index.ts'
import { customResourceDefinitions, validatingAdmissionPolicies } from '../resources/resource.ts'
import { loadSchemas } from '../resources/schemas.ts'
import { allVersions } from '../resources/served-version.ts'
import { type Controller, watch } from './controller.ts'

let builtIn: readonly KnownKind[] | undefined

/** What types say is kept as long as the kinds are the same. */
const builtInKinds = (): readonly KnownKind[] => {
  builtIn ??= allVersions(definitions).map((definition) => builtInKind(definition, loadSchemas()))
  return builtIn
}

/** By what the cache holds: another object when it changes. */
const ofDefinition = new WeakMap<CustomResourceDefinition, readonly KnownKind[]>()

const customKindsOf = (crd: CustomResourceDefinition): readonly KnownKind[] => {
  const known = ofDefinition.get(crd) ?? customKinds(crd, loadSchemas())
  ofDefinition.set(crd, known)
  return known
}

/**
 * "The status of the ValidatingAdmissionPolicy, including warnings that are useful to determine if the policy behaves in the expected way."
 * Each generation is looked at once, against the kinds that there are then.
 */
export const validatingAdmissionPolicyStatusController: Controller = {
  name: 'validatingadmissionpolicy-status',
  watches: [
    watch(validatingAdmissionPolicies, (policy) => (policy ? [policy.metadata.name] : [])),
    watch(customResourceDefinitions, () => []),
  ],
  reconcile: async (name, { cache, client }) => {
    const policy = cache.get(validatingAdmissionPolicies, '', name)
    const { generation = 0, uid } = policy?.metadata ?? {}
    if (!policy || generation <= (policy.status?.observedGeneration ?? 0)) return
    const custom = cache.list(customResourceDefinitions).flatMap(customKindsOf)
    const warnings = typeWarnings(policy, [...builtInKinds(), ...custom])
    const status = {
      observedGeneration: generation,
      typeChecking: { expressionWarnings: warnings.length > 0 ? warnings : null },
    }
    // One that was made anew is looked at by its own event.
    const body = { metadata: { uid }, status }
    await client.patch(validatingAdmissionPolicies, '', name, { type: 'merge', body }, { subresource: 'status' })
  },
}
