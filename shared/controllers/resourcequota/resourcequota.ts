import type { Cache } from '../../client/cache.ts'
import type { Resource } from '../../client/client.ts'
import { amountsOf, sameAmounts, textsOf } from '../../resources/core/quota/amounts.ts'
import { countName } from '../../resources/core/quota/object-count.ts'
import { chargedUntilMs, podUsage } from '../../resources/core/quota/pod-usage.ts'
import { pods, type ResourceQuota, resourceQuotas } from '../../resources/resource.ts'
import type { Controller, Watch } from '../controller.ts'
import { customResources } from '../custom-resources.ts'
import { keyOf, ownKey, splitKey } from '../key.ts'
import { type Counted, count, countedResources } from './count.ts'
import { createSettling } from './settling.ts'

/** A quota is counted at most so often, however often it changes. */
const pauseMs = 1000

/**
 * Puts quotas in effect (`status.hard`) and keeps count (`status.used`). Writes keep the ledger themselves, so that there is something to
 * correct only where one died on its way: what was taken and never stored is given back once the quota has stood still long enough for every
 * write under way to be over.
 */
export const createResourceQuotaController = ({ resources }: { resources: readonly Resource[] }): Controller => {
  const counted = countedResources(resources)
  const settling = createSettling()
  const countedAtMs = new Map<string, number>()
  return {
    name: 'resourcequota',
    watches: [{ resource: resourceQuotas, keys: ownKey }, ...counted.map(watchOf)],
    watchesCustom: (resource, { object, previous }, cache) =>
      countedResources([resource]).flatMap((one) => watchOf(one).keys(object, previous, cache)),
    reconcile: async (key, { cache, client, clock }) => {
      const { namespace, name } = splitKey(key)
      const quota = cache.get(resourceQuotas, namespace, name)
      if (!quota) {
        settling.forget(key)
        countedAtMs.delete(key)
        return undefined
      }
      const nowMs = clock.now()
      const inEffect = isInEffect(quota)
      const waitMs = (countedAtMs.get(key) ?? 0) + pauseMs - nowMs
      if (inEffect && waitMs > 0) return { requeueAfter: waitMs }
      countedAtMs.set(key, nowMs)
      const custom = countedResources(customResources(cache).filter((one) => isNamed(quota, one)))
      const found = count(quota, { cache, counted: [...counted, ...custom], nowMs })
      const { used, againInMs } = settling.judge(key, { quota, found, nowMs })
      if (!inEffect || !sameAmounts(used, amountsOf(quota.status?.used))) {
        const status = { hard: quota.spec.hard ?? {}, used: textsOf(used) }
        await client.update(resourceQuotas, { ...quota, status }, { subresource: 'status' })
      }
      const dueMs = nextEndMs(quota, cache, nowMs)
      const waits = [againInMs, dueMs === undefined ? undefined : dueMs - nowMs].filter((ms) => ms !== undefined)
      return waits.length > 0 ? { requeueAfter: Math.min(...waits) } : undefined
    },
  }
}

/** Only those are looked at: there may be a thousand others. */
const isNamed = ({ spec }: ResourceQuota, { group, resource }: Resource): boolean =>
  Object.hasOwn(spec.hard ?? {}, countName(group, resource))

const isInEffect = ({ spec, status }: ResourceQuota): boolean =>
  status?.hard !== undefined && status.used !== undefined && sameAmounts(amountsOf(spec.hard), amountsOf(status.hard))

/** The quotas of the namespace that count the object, where a change of it can matter to them. */
const watchOf = ({ resource, evaluator }: Counted): Watch => ({
  resource,
  keys: (object, previous, cache) => {
    if (object && previous && !evaluator.mayChangeUse(object, previous)) return []
    const { namespace } = (object ?? previous)!.metadata
    return cache
      .list(resourceQuotas, namespace)
      .filter(({ spec }) => Object.keys(spec.hard ?? {}).some((name) => evaluator.tracks(name)))
      .map(keyOf)
  },
})

/** When the next pod of those that are being deleted is no longer charged, however long its node keeps it. */
const nextEndMs = ({ metadata, spec }: ResourceQuota, cache: Cache, nowMs: number): number | undefined => {
  if (!Object.keys(spec.hard ?? {}).some((name) => podUsage.tracks(name))) return undefined
  const ends = cache
    .list(pods, metadata.namespace)
    .map((pod) => chargedUntilMs(pod.metadata))
    .filter((ms): ms is number => ms !== undefined && ms > nowMs)
  return ends.length > 0 ? Math.min(...ends) : undefined
}
