import { type Amounts, amountsOf, minus, ofNames } from '../../resources/core/quota/amounts.ts'
import { evaluatorOf } from '../../resources/core/quota/evaluators.ts'
import { type ResourceQuota, resourceQuotas } from '../../resources/resource.ts'
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin, Reservation } from './admission.ts'
import { refuse } from './refuse.ts'
import { Ledger } from './resource-quota/ledger.ts'
import { charge, credit, mayCharge, objection, type Use, withCharge } from './resource-quota/use.ts'

/**
 * Keeps what a namespace uses within its quotas, and in their status. What a write needs is taken before it, and given back when it was not
 * stored; what it sets free is given back after it. https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
export const createResourceQuota = (): AdmissionPlugin => {
  const ledger = new Ledger()
  return {
    name: 'ResourceQuota',
    reserve: (attributes, environment) => {
      const use = useOf(attributes, environment)
      if (!use) return undefined
      const all = environment.current.all(resourceQuotas)
      if (!(all instanceof Promise) && all.length === 0) return undefined
      return reserve(use, attributes, { environment, ledger })
    },
  }
}

const reserve = async (
  use: Use,
  attributes: AdmissionAttributes,
  { environment, ledger }: { environment: AdmissionEnvironment; ledger: Ledger },
): Promise<Reservation | undefined> => {
  const quotas = await quotasOf(attributes, environment)
  if (quotas.length === 0) return undefined
  const session = new Session(attributes, environment, { ledger, use, quotas })
  await session.take()
  return (stored) => session.finish(stored)
}

const useOf = (attributes: AdmissionAttributes, { clock }: AdmissionEnvironment): Use | undefined => {
  const { definition, operation, subresource, namespace, object, oldObject } = attributes
  if (namespace === '' || !definition.namespaced || operation === 'CONNECT') return undefined
  const evaluator = evaluatorOf(definition.group, definition.plural)
  if (!evaluator) return undefined
  if (operation === 'UPDATE' && !evaluator.chargesUpdate(subresource, object!, oldObject!)) {
    if (!evaluator.mayChangeUse(object!, oldObject!)) return undefined
  }
  return { evaluator, operation, subresource, object, oldObject, nowMs: clock.now() }
}

/** As of now: one that is missed would not be charged, or not be given back to. */
const quotasOf = async (
  { namespace }: AdmissionAttributes,
  { current }: AdmissionEnvironment,
): Promise<readonly ResourceQuota[]> => {
  const quotas = await current.list(resourceQuotas, namespace)
  return quotas.length < 2 ? quotas : [...quotas].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
}

interface Share {
  readonly quota: ResourceQuota
  readonly amounts: Amounts
}

/** What one write takes and gives back. */
class Session {
  readonly #attributes: AdmissionAttributes
  readonly #environment: AdmissionEnvironment
  readonly #ledger: Ledger
  readonly #use: Use
  readonly #quotas: readonly ResourceQuota[]
  readonly #taken: Share[] = []

  constructor(
    attributes: AdmissionAttributes,
    environment: AdmissionEnvironment,
    { ledger, use, quotas }: { ledger: Ledger; use: Use; quotas: readonly ResourceQuota[] },
  ) {
    this.#attributes = attributes
    this.#environment = environment
    this.#ledger = ledger
    this.#use = use
    this.#quotas = quotas
  }

  async take(): Promise<void> {
    if (!mayCharge(this.#use)) return
    for (const quota of this.#quotas) this.#refuseFor(objection(this.#use, quota))
    const charged = this.#sharesOf(charge)
    if (this.#attributes.dryRun) {
      for (const { quota, amounts: more } of charged) {
        const after = withCharge(this.#use, quota, { used: amountsOf(quota.status?.used), more })
        this.#refuseFor(typeof after === 'string' ? after : undefined)
      }
    } else for (const { quota } of charged) await this.#takeFrom(quota)
  }

  async #takeFrom(quota: ResourceQuota): Promise<void> {
    let amounts: Amounts = new Map()
    const posting = (used: Amounts, newer: ResourceQuota) => {
      amounts = charge(this.#use, newer)
      return objection(this.#use, newer) ?? withCharge(this.#use, newer, { used, more: amounts })
    }
    try {
      this.#refuseFor(await this.#ledger.post({ known: quota, posting, gives: false }, this.#environment))
    } catch (error) {
      await this.finish(false)
      throw error
    }
    this.#taken.push({ quota, amounts })
  }

  #sharesOf(amountsIn: (use: Use, quota: ResourceQuota) => Amounts): Share[] {
    return this.#quotas
      .map((quota) => ({ quota, amounts: amountsIn(this.#use, quota) }))
      .filter(({ amounts }) => amounts.size > 0)
  }

  #refuseFor(reason: string | undefined): void {
    if (reason !== undefined) throw refuse(this.#attributes, reason)
  }

  finish: Reservation = async (stored) => {
    if (this.#attributes.dryRun) return
    for (const { quota, amounts } of stored ? this.#sharesOf(credit) : this.#taken) {
      const posting = (used: Amounts) =>
        minus(
          used,
          ofNames(amounts, (name) => used.has(name)),
        )
      await this.#ledger.post({ known: quota, posting, gives: true }, this.#environment)
    }
  }
}
