import { compareQuantities, type Quantity } from '../../meta/quantity.ts'
import type { Amounts } from '../../resources/core/quota/amounts.ts'
import { amountsOf } from '../../resources/core/quota/amounts.ts'
import type { ResourceQuota } from '../../resources/resource.ts'

/** No write is begun with what was taken half as long ago. */
const settledAfterMs = 60_000

export interface Judgement {
  readonly used: Amounts
  /** when to look again, if something is not settled */
  readonly againInMs: number | undefined
}

/**
 * What is used, from what was found and what the ledger says. More was found: that counts. Less: it may be on its way, so the ledger counts
 * until the quota has not changed for a minute. Where a process forgets how long that is it waits anew: objects are looked at again anyway.
 */
export const createSettling = () => {
  const unsettled = new Map<string, { resourceVersion: string | undefined; sinceMs: number }>()
  return {
    forget: (key: string): void => {
      unsettled.delete(key)
    },
    judge: (key: string, { quota, found, nowMs }: { quota: ResourceQuota; found: Amounts; nowMs: number }): Judgement => {
      const ledger = amountsOf(quota.status?.used)
      const isLess = ([name, amount]: [string, Quantity]) => ledger.has(name) && compareQuantities(amount, ledger.get(name)!) < 0
      if (![...found].some(isLess)) {
        unsettled.delete(key)
        return { used: found, againInMs: undefined }
      }
      const { resourceVersion } = quota.metadata
      const known = unsettled.get(key)
      const since = known?.resourceVersion === resourceVersion ? known! : { resourceVersion, sinceMs: nowMs }
      unsettled.set(key, since)
      const leftMs = since.sinceMs + settledAfterMs - nowMs
      if (leftMs <= 0) return { used: found, againInMs: undefined }
      const used = new Map([...found].map(([name, amount]) => [name, isLess([name, amount]) ? ledger.get(name)! : amount]))
      return { used, againInMs: leftMs }
    },
  }
}
