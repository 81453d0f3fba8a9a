import type { AdmissionAttributes } from '../admission.ts'
import { type AskedResource, askedName, askedNamespace } from './asked.ts'

/** Of a webhook (RuleWithOperations) or of a policy (NamedRuleWithOperations). */
export interface MatchRule {
  readonly operations?: readonly string[] | undefined
  readonly apiGroups?: readonly string[] | undefined
  readonly apiVersions?: readonly string[] | undefined
  // `pods`, `pods/log`, `pods/*`, `*`, `*/scale`, `*/*`
  readonly resources?: readonly string[] | undefined
  readonly scope?: string | undefined
  readonly resourceNames?: readonly string[] | undefined
}

/** Whether a rule speaks of a request, were it made for that resource. */
export const ruleMatches = (rule: MatchRule, attributes: AdmissionAttributes, asked: AskedResource): boolean =>
  holds(rule.operations, attributes.operation) &&
  holds(rule.apiGroups, asked.group) &&
  holds(rule.apiVersions, asked.version) &&
  (rule.resources?.some((resource) => namesResource(resource, asked)) ?? false) &&
  isInScope(rule.scope, attributes) &&
  isNamed(rule.resourceNames, attributes)

const holds = (values: readonly string[] | undefined, asked: string): boolean =>
  values !== undefined && (values.includes('*') || values.includes(asked))

const namesResource = (named: string, { resource, subresource }: AskedResource): boolean => {
  const slash = named.indexOf('/')
  const main = slash < 0 ? named : named.slice(0, slash)
  const sub = slash < 0 ? '' : named.slice(slash + 1)
  return (main === '*' || main === resource) && (sub === '*' || sub === subresource)
}

const isInScope = (scope: string | undefined, attributes: AdmissionAttributes): boolean => {
  if (scope === undefined || scope === '*') return true
  const { group, plural } = attributes.definition
  // objects of the cluster, though requests about them name a namespace
  const namespaced = !(group === '' && plural === 'namespaces') && askedNamespace(attributes) !== ''
  return scope === (namespaced ? 'Namespaced' : 'Cluster')
}

const isNamed = (names: readonly string[] | undefined, attributes: AdmissionAttributes): boolean =>
  !names?.length || names.includes(askedName(attributes))
