import type { Cache } from '../../client/cache.ts'
import type { Resource } from '../../client/client.ts'
import { parseQuantity } from '../../meta/quantity.ts'
import { type Amounts, plus } from '../../resources/core/quota/amounts.ts'
import { isInScope, type QuotaEvaluator } from '../../resources/core/quota/evaluator.ts'
import { evaluatorOf } from '../../resources/core/quota/evaluators.ts'
import type { ResourceQuota } from '../../resources/resource.ts'

export interface Counted {
  readonly resource: Resource
  readonly evaluator: QuotaEvaluator
}

/** What quotas can count, of all that there is. */
export const countedResources = (resources: readonly Resource[]): Counted[] =>
  resources.flatMap((resource) => {
    const evaluator = resource.namespaced ? evaluatorOf(resource.group, resource.resource) : undefined
    return evaluator ? [{ resource, evaluator }] : []
  })

/** What the objects of the namespace use of what the quota limits; what nobody counts is left out. */
export const count = (
  quota: ResourceQuota,
  { cache, counted, nowMs }: { cache: Cache; counted: readonly Counted[]; nowMs: number },
): Amounts => {
  const names = Object.keys(quota.spec.hard ?? {})
  let used: Amounts = new Map()
  for (const { resource, evaluator } of counted) {
    const tracked = names.filter((name) => evaluator.tracks(name))
    if (tracked.length === 0) continue
    used = plus(used, new Map(tracked.map((name) => [name, parseQuantity('0')])))
    for (const object of cache.list(resource, quota.metadata.namespace))
      if (isInScope(evaluator, quota, object)) used = plus(used, evaluator.usage(object, nowMs))
  }
  return new Map([...used].filter(([name]) => names.includes(name)))
}
