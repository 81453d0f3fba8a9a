import type { KubeObject } from '../../../meta/object.ts'
import {
  type Amounts,
  amountsOf,
  minus,
  namesOver,
  ofNames,
  plus,
  shownAmounts,
  withoutZeros,
} from '../../../resources/core/quota/amounts.ts'
import { isInScope, type QuotaEvaluator, trackedNames } from '../../../resources/core/quota/evaluator.ts'
import type { ResourceQuota } from '../../../resources/resource.ts'

/** A write as quotas see it. */
export interface Use {
  readonly evaluator: QuotaEvaluator
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE'
  readonly subresource: string
  /** undefined for DELETE */
  readonly object: KubeObject | undefined
  /** undefined for CREATE */
  readonly oldObject: KubeObject | undefined
  readonly nowMs: number
}

const none: Amounts = new Map()

const concerns = ({ evaluator }: Use, quota: ResourceQuota, object: KubeObject): boolean =>
  trackedNames(evaluator, quota).length > 0 && isInScope(evaluator, quota, object)

export const mayCharge = ({ evaluator, operation, subresource, object, oldObject }: Use): boolean =>
  operation === 'CREATE' || (operation === 'UPDATE' && evaluator.chargesUpdate(subresource, object!, oldObject!))

/** What speaks against the write, however much is left, in upstream's words. */
export const objection = (use: Use, quota: ResourceQuota): string | undefined => {
  const { evaluator, object } = use
  if (!object || !mayCharge(use) || !concerns(use, quota, object)) return undefined
  const names = trackedNames(evaluator, quota)
  const missing = evaluator.missing?.(names, object)
  if (missing) return `failed quota: ${quota.metadata.name}: ${missing}`
  const isCounted = names.every((name) => quota.status?.used?.[name] !== undefined)
  return isCounted ? undefined : `status unknown for quota: ${quota.metadata.name}, resources: ${names.sort().join(',')}`
}

/** What the write uses more of the quota; empty: nothing. */
export const charge = (use: Use, quota: ResourceQuota): Amounts => {
  const { evaluator, object, oldObject, nowMs } = use
  if (!object || !mayCharge(use) || !concerns(use, quota, object)) return none
  const had = oldObject && concerns(use, quota, oldObject) ? evaluator.usage(oldObject, nowMs) : none
  return inQuota(quota, minus(evaluator.usage(object, nowMs), had))
}

/** What it uses less, once it is done. */
export const credit = (use: Use, quota: ResourceQuota): Amounts => {
  const { evaluator, object, oldObject, nowMs } = use
  if (!oldObject || !concerns(use, quota, oldObject)) return none
  const has = object && concerns(use, quota, object) ? evaluator.usage(object, nowMs) : none
  return inQuota(quota, minus(evaluator.usage(oldObject, nowMs), has))
}

const inQuota = ({ status }: ResourceQuota, amounts: Amounts): Amounts =>
  withoutZeros(ofNames(amounts, (name) => status?.hard?.[name] !== undefined))

/** What is used with a charge; a text: it is more than there is. A status is written, whatever it costs. */
export const withCharge = (
  { subresource }: Use,
  { metadata, status }: ResourceQuota,
  { used, more }: { used: Amounts; more: Amounts },
): Amounts | string => {
  const total = plus(used, more)
  if (subresource === 'status') return total
  const hard = amountsOf(status?.hard)
  const over = namesOver(
    ofNames(total, (name) => more.has(name)),
    hard,
  )
  if (over.length === 0) return total
  const shown = (amounts: Amounts) => shownAmounts(ofNames(amounts, (name) => over.includes(name)))
  return `exceeded quota: ${metadata.name}, requested: ${shown(more)}, used: ${shown(used)}, limited: ${shown(hard)}`
}
