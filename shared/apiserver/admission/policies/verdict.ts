import { ApiError, forbidden, type StatusReason } from '../../../meta/status.ts'
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../../resources/resource.ts'
import type { AdmissionAttributes } from '../admission.ts'
import { askedName, askedOf } from '../matching/asked.ts'
import type { Denial, Judgement } from './judge.ts'

type Policy = ValidatingAdmissionPolicy
type Binding = ValidatingAdmissionPolicyBinding

const longestAnnotationBytes = 10 * 1024
const failureKey = 'validation.policy.admission.k8s.io/validation_failure'

/** What all policies together make of a request. */
export class Verdict {
  readonly #attributes: AdmissionAttributes
  /** the first that denies is what the client is told */
  #denied: { readonly message: string; readonly reason: StatusReason } | undefined
  /** of the policy at hand, by key */
  #annotations = new Map<string, string[]>()

  constructor(attributes: AdmissionAttributes) {
    this.#attributes = attributes
  }

  /** `binding`: whose fault it is; undefined: the policy's. */
  misconfigured(policy: Policy, binding: Binding | undefined, why: string): void {
    if (policy.spec.failurePolicy === 'Ignore') return
    this.#deny(policy, binding, { message: `failed to configure ${binding ? 'binding' : 'policy'}: ${why}` })
  }

  /** Denies, warns or notes what was found, as the binding says. */
  add(policy: Policy, binding: Binding, { denials, annotations, errors }: Judgement): void {
    for (const denial of denials) for (const action of binding.spec.validationActions) this.#act(action, policy, binding, denial)
    for (const { key, value } of annotations) {
      const values = this.#annotations.get(key) ?? []
      const cut = Buffer.byteLength(value) > longestAnnotationBytes
      const shown = cut ? Buffer.from(value).subarray(0, longestAnnotationBytes).toString() : value
      if (!values.includes(shown)) this.#annotations.set(key, [...values, shown])
    }
    for (const message of errors) this.#deny(policy, binding, { message })
  }

  /** Writes down the annotations of a policy that has no more bindings. */
  publish({ metadata }: Policy): void {
    for (const [key, values] of this.#annotations) this.#note(`${metadata.name}/${key}`, values.join(', '))
    this.#annotations = new Map()
  }

  /** Throws the ApiError to answer. */
  settle(): void {
    if (!this.#denied) return
    const { message, reason } = this.#denied
    const { group, resource } = askedOf(this.#attributes)
    const refused = forbidden(group, resource, askedName(this.#attributes) || 'Unknown', message)
    throw new ApiError(reason, refused.message, { details: { ...refused.details, causes: [{ message }] } })
  }

  #act(action: string, policy: Policy, binding: Binding, denial: Denial): void {
    const { message, index } = denial
    const [policyName, bindingName] = [policy.metadata.name, binding.metadata.name]
    const { validationActions } = binding.spec
    if (action === 'Deny') this.#deny(policy, binding, denial)
    else if (action === 'Warn')
      this.#attributes.warnings.push(
        `Validation failed for ValidatingAdmissionPolicy '${policyName}' with binding '${bindingName}': ${message}`,
      )
    else if (action === 'Audit')
      this.#note(
        failureKey,
        JSON.stringify([{ message, policy: policyName, binding: bindingName, expressionIndex: index, validationActions }]),
      )
  }

  #deny({ metadata }: Policy, binding: Binding | undefined, { message, reason }: Pick<Denial, 'message' | 'reason'>): void {
    const by = binding ? ` with binding '${binding.metadata.name}'` : ''
    this.#denied ??= {
      message: `ValidatingAdmissionPolicy '${metadata.name}'${by} denied request: ${message}`,
      reason: reason ?? 'Invalid',
    }
  }

  /** What stands there stays. */
  #note(key: string, value: string): void {
    this.#attributes.auditAnnotations[key] ??= value
  }
}
