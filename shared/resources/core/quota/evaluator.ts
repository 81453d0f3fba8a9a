import type { KubeObject } from '../../../meta/object.ts'
import type { ScopedResourceSelectorRequirement } from '../../generated/types.ts'
import type { ResourceQuota } from '../../resource.ts'
import type { Amounts } from './amounts.ts'

/** What quotas have to know of one kind: k8s.io/apiserver/pkg/quota/v1.Evaluator. Pure. */
export interface QuotaEvaluator {
  /** whether objects of the kind use of what the quota's name says: `pods`, `requests.cpu`, `count/jobs.batch` */
  tracks(name: string): boolean
  usage(object: KubeObject, nowMs: number): Amounts
  matchesScope(requirement: ScopedResourceSelectorRequirement, object: KubeObject): boolean
  /** What the object does not say and has to, where a quota has these names: `must specify …`. undefined: nothing. */
  missing?(names: readonly string[], object: KubeObject): string | undefined
  /** Whether an update can use more; a creation always does. */
  chargesUpdate(subresource: string, object: KubeObject, old: KubeObject): boolean
  /** Whether a change of an object can change what it uses; cheap, and rather too often true. */
  mayChangeUse(object: KubeObject, old: KubeObject): boolean
}

/** The names of a quota in effect that the kind uses. */
export const trackedNames = (evaluator: QuotaEvaluator, { status }: ResourceQuota): string[] =>
  Object.keys(status?.hard ?? {}).filter((name) => evaluator.tracks(name))

/** Whether the object is one of those that the quota's scopes choose. */
export const isInScope = (evaluator: QuotaEvaluator, { spec }: ResourceQuota, object: KubeObject): boolean =>
  (spec.scopes ?? []).every((scopeName) => evaluator.matchesScope({ scopeName, operator: 'Exists' }, object)) &&
  (spec.scopeSelector?.matchExpressions ?? []).every((requirement) => evaluator.matchesScope(requirement, object))

/** Whether the value that an object has (undefined: none) is among those that a requirement chooses. */
export const isChosen = ({ operator, values = [] }: ScopedResourceSelectorRequirement, value: string | undefined): boolean => {
  if (operator === 'In') return value !== undefined && values.includes(value)
  if (operator === 'NotIn') return value === undefined || !values.includes(value)
  return (operator === 'Exists') === (value !== undefined)
}
