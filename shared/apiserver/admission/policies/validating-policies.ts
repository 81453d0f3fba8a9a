import type { KubeObject } from '../../../meta/object.ts'
import { ApiError, isReason } from '../../../meta/status.ts'
import { namespaces, validatingAdmissionPolicies, validatingAdmissionPolicyBindings } from '../../../resources/resource.ts'
import type { ServedKind } from '../../registry.ts'
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from '../admission.ts'
import { expressionInputs } from '../expressions/inputs.ts'
import { type AskedResource, askedNamespace } from '../matching/asked.ts'
import { isExempt } from '../matching/exempt.ts'
import { match } from '../matching/match.ts'
import { type BoundPolicy, boundPolicies, type PolicyBinding } from './bound-policies.ts'
import { compiledPolicy } from './compiled-policy.ts'
import { ConfigurationError } from './configuration-error.ts'
import { type Judgement, judge } from './judge.ts'
import { paramKindOf, paramsOf } from './params.ts'
import { shownNamespace } from './shown-namespace.ts'
import { Verdict } from './verdict.ts'

/**
 * Asks ValidatingAdmissionPolicies that a binding puts to work. https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 * They are known as of two seconds ago at the most.
 */
export const validatingPolicies: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  connects: true,
  validate: (attributes, environment) => {
    if (isExempt(attributes)) return undefined
    const bindings = environment.recent.all(validatingAdmissionPolicyBindings)
    if (!(bindings instanceof Promise) && bindings.length === 0) return undefined
    return ask(attributes, environment)
  },
}

const ask = async (attributes: AdmissionAttributes, environment: AdmissionEnvironment): Promise<void> => {
  const { recent } = environment
  const bindings = await recent.all(validatingAdmissionPolicyBindings)
  if (bindings.length === 0) return
  const bound = boundPolicies(await recent.all(validatingAdmissionPolicies), bindings)
  const verdict = new Verdict(attributes)
  for (const one of bound) await askPolicy(one, { attributes, environment, verdict })
  verdict.settle()
}

interface Asking {
  readonly attributes: AdmissionAttributes
  readonly environment: AdmissionEnvironment
  readonly verdict: Verdict
}

const askPolicy = async ({ policy, criteria, bindings }: BoundPolicy, asking: Asking): Promise<void> => {
  const { attributes, environment, verdict } = asking
  let matched: AskedResource | undefined
  let kind: ServedKind | undefined
  try {
    if (!criteria) throw new ConfigurationError('policy contained no match constraints, a required field')
    matched = await match(criteria, attributes, environment)
    if (!matched) return
    kind = await paramKindOf(policy.spec.paramKind, environment)
  } catch (error) {
    verdict.misconfigured(policy, undefined, textOf(error))
    return
  }
  for (const binding of bindings) await askBinding(policy, binding, { ...asking, matched, kind })
  verdict.publish(policy)
}

const askBinding = async (
  policy: BoundPolicy['policy'],
  { binding, criteria }: PolicyBinding,
  { attributes, environment, verdict, matched, kind }: Asking & { matched: AskedResource; kind: ServedKind | undefined },
): Promise<void> => {
  let params: readonly (KubeObject | null)[]
  try {
    if (criteria && !(await match(criteria, attributes, environment))) return
    const { paramRef: ref } = binding.spec
    params = await paramsOf(kind, { ref, namespace: askedNamespace(attributes) }, environment)
  } catch (error) {
    verdict.misconfigured(policy, binding, textOf(error))
    return
  }
  if (params.length === 0) return
  const namespaceObject = await namespaceOf(attributes, environment)
  const inputs = { ...(await expressionInputs(attributes, matched, environment)), namespaceObject }
  const judgements: Judgement[] = []
  for (const one of params)
    judgements.push(
      await judge(compiledPolicy(policy), { ...inputs, params: one }, policy.spec.failurePolicy === 'Ignore' ? 'Ignore' : 'Fail'),
    )
  for (const judgement of judgements) verdict.add(policy, binding, judgement)
}

/** Of a Namespace itself there is none. */
const namespaceOf = async (attributes: AdmissionAttributes, { recent, read }: AdmissionEnvironment) => {
  const { definition, namespace } = attributes
  if (namespace === '' || (definition.group === '' && definition.plural === 'namespaces')) return null
  const found = (await recent.get(namespaces, '', namespace)) ?? (await read('namespaces', '', namespace))
  if (!found) throw new ApiError('NotFound', `namespaces "${namespace}" not found`)
  return shownNamespace(found)
}

const textOf = (error: unknown): string => {
  if (error instanceof ConfigurationError || isReason(error, 'NotFound')) return error.message
  throw error
}
