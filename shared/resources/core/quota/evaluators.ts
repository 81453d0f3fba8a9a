import { claimUsage } from './claim-usage.ts'
import { deviceUsage } from './device-usage.ts'
import type { QuotaEvaluator } from './evaluator.ts'
import { countName, createObjectCount } from './object-count.ts'
import { podUsage } from './pod-usage.ts'
import { serviceUsage } from './service-usage.ts'

/** By group and plural. */
const special: Readonly<Record<string, QuotaEvaluator>> = {
  '/pods': podUsage,
  '/services': serviceUsage,
  '/persistentvolumeclaims': claimUsage,
  'resource.k8s.io/resourceclaims': deviceUsage,
}
/** These could be counted before there was a name for every kind. */
const alsoByPlural = ['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets']

const counts = new Map<string, QuotaEvaluator>()

/** Of every namespaced kind but Events, which quotas never knew: undefined. */
export const evaluatorOf = (group: string, plural: string): QuotaEvaluator | undefined => {
  if (plural === 'events' && (group === '' || group === 'events.k8s.io')) return undefined
  const own = special[`${group}/${plural}`]
  if (own) return own
  const name = countName(group, plural)
  const known = counts.get(name)
  if (known) return known
  const made = createObjectCount(name, ...(group === '' && alsoByPlural.includes(plural) ? [plural] : []))
  counts.set(name, made)
  return made
}
