import type { LimitedPriorityLevelConfiguration, PriorityLevelConfigurationSpec } from '../../generated/types.ts'
import type { PriorityLevelConfiguration } from '../../resource.ts'
import { keptUpToDate } from './autoupdate.ts'

const level = (name: string, spec: PriorityLevelConfigurationSpec): PriorityLevelConfiguration => ({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'PriorityLevelConfiguration',
  metadata: { name, annotations: keptUpToDate },
  spec,
})

const queuing = (
  name: string,
  shares: Pick<LimitedPriorityLevelConfiguration, 'nominalConcurrencyShares' | 'lendablePercent'>,
  { queues, handSize }: { queues: number; handSize: number },
) =>
  level(name, {
    type: 'Limited',
    limited: { ...shares, limitResponse: { type: 'Queue', queuing: { queues, handSize, queueLengthLimit: 50 } } },
  })

/** Requests have these whether or not there are objects that say so. */
export const exemptLevel = level('exempt', { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } })
export const catchAllLevel = level('catch-all', {
  type: 'Limited',
  limited: { nominalConcurrencyShares: 5, lendablePercent: 0, limitResponse: { type: 'Reject' } },
})

export const mandatoryLevels: readonly PriorityLevelConfiguration[] = [catchAllLevel, exemptLevel]

export const suggestedLevels: readonly PriorityLevelConfiguration[] = [
  queuing('system', { nominalConcurrencyShares: 30, lendablePercent: 33 }, { queues: 64, handSize: 6 }),
  queuing('node-high', { nominalConcurrencyShares: 40, lendablePercent: 25 }, { queues: 64, handSize: 6 }),
  queuing('leader-election', { nominalConcurrencyShares: 10, lendablePercent: 0 }, { queues: 16, handSize: 4 }),
  queuing('workload-high', { nominalConcurrencyShares: 40, lendablePercent: 50 }, { queues: 128, handSize: 6 }),
  queuing('workload-low', { nominalConcurrencyShares: 100, lendablePercent: 90 }, { queues: 128, handSize: 6 }),
  queuing('global-default', { nominalConcurrencyShares: 20, lendablePercent: 50 }, { queues: 128, handSize: 6 }),
]
