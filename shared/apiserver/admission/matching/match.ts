import type { LabelSelectorMatcher } from '../../../meta/label-selector.ts'
import type { KubeObject } from '../../../meta/object.ts'
import { notFound } from '../../../meta/status.ts'
import { namespaces } from '../../../resources/resource.ts'
import type { AdmissionAttributes, AdmissionEnvironment } from '../admission.ts'
import { type AskedResource, askedNamespace, askedOf, equivalentsOf, isNamespaceItself } from './asked.ts'
import { type MatchRule, ruleMatches } from './rule.ts'

/** What of a webhook, a policy or its binding says which requests concern it. */
export interface MatchCriteria {
  /** undefined: every resource */
  readonly rules: readonly MatchRule[] | undefined
  /** what they do not hold for after all */
  readonly excludeRules?: readonly MatchRule[] | undefined
  /** default Exact; objects are defaulted to Equivalent */
  readonly matchPolicy: string | undefined
  readonly namespaceSelector: LabelSelectorMatcher
  readonly objectSelector: LabelSelectorMatcher
}

/**
 * The resource by which a request is concerned: its own, or an equivalent one that a rule names, as which the objects are then shown.
 * Undefined: it is not. Throws ApiError NotFound for a namespace whose labels count and that is not there.
 */
export const match = async (
  criteria: MatchCriteria,
  attributes: AdmissionAttributes,
  environment: AdmissionEnvironment,
): Promise<AskedResource | undefined> => {
  const found = matchWithoutNamespace(criteria, attributes)
  return found && (await selectsNamespace(criteria.namespaceSelector, attributes, environment)) ? found : undefined
}

/** The same but for the namespace's labels, for those who have many to ask and nothing to wait for. */
export const matchWithoutNamespace = (criteria: MatchCriteria, attributes: AdmissionAttributes): AskedResource | undefined => {
  const { rules, excludeRules = [], matchPolicy } = criteria
  const found = rules ? matchRules(rules, matchPolicy, attributes) : askedOf(attributes)
  if (!found || matchRules(excludeRules, matchPolicy, attributes)) return undefined
  return selectsObject(criteria.objectSelector, attributes) ? found : undefined
}

const matchRules = (
  rules: readonly MatchRule[],
  matchPolicy: string | undefined,
  attributes: AdmissionAttributes,
): AskedResource | undefined => {
  if (rules.length === 0) return undefined
  const own = askedOf(attributes)
  if (rules.some((rule) => ruleMatches(rule, attributes, own))) return own
  if (matchPolicy !== 'Equivalent') return undefined
  const equivalents = equivalentsOf(attributes)
  // Earlier rules come first, whatever they name.
  for (const rule of rules) for (const equivalent of equivalents) if (ruleMatches(rule, attributes, equivalent)) return equivalent
  return undefined
}

const selectsObject = (selector: LabelSelectorMatcher, { object, oldObject }: AdmissionAttributes): boolean =>
  selector.empty || hasLabels(selector, object) || hasLabels(selector, oldObject)

/** What a subresource takes may have no metadata, and then matches nothing. */
const hasLabels = (selector: LabelSelectorMatcher, object: KubeObject | undefined): boolean =>
  object?.metadata !== undefined && selector.matches(object.metadata.labels)

const selectsNamespace = async (
  selector: LabelSelectorMatcher,
  attributes: AdmissionAttributes,
  { recent, read }: AdmissionEnvironment,
): Promise<boolean> => {
  if (selector.empty) return true
  const name = askedNamespace(attributes)
  // What is in no namespace is never exempted by one.
  if (name === '' && attributes.definition.plural !== 'namespaces') return true
  // What is being written is newer than what anybody has read.
  if (isNamespaceItself(attributes) && (attributes.operation === 'CREATE' || attributes.operation === 'UPDATE'))
    return selector.matches(attributes.object!.metadata.labels)
  const namespace = (await recent.get(namespaces, '', name)) ?? (await read('namespaces', '', name))
  if (!namespace) throw notFound('', 'namespaces', name)
  return selector.matches(namespace.metadata.labels)
}
