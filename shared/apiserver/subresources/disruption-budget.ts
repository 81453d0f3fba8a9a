import { ApiError, forbidden } from '../../meta/status.ts'
import { timestamp } from '../../platform/clock.ts'
import { disruptionAllowed, withDisruptionAllowed } from '../../resources/policy/disruption-allowed.ts'
import type { PodDisruptionBudget } from '../../resources/resource.ts'
import type { ResourceContext } from '../context.ts'
import { updateObject } from '../objects/update.ts'
import { statusRules } from '../objects/update-rules.ts'
import { resourceOf } from '../registry.ts'

/** evictions that nobody has confirmed yet */
const mostDisrupted = 2000

/**
 * Takes one disruption from a budget for a pod, conditional on what was read, so that two evictions never take the same one. Throws ApiError
 * TooManyRequests where the budget has none.
 */
export const takeDisruption = async (context: ResourceContext, found: PodDisruptionBudget, dryRun: boolean): Promise<void> => {
  if (dryRun) return checkAllowed(found)
  const { parts, info } = context
  const definition = parts.registry.byResource('poddisruptionbudgets.policy')!
  const { group, version } = definition
  const { name } = found.metadata
  const budget: ResourceContext = {
    ...context,
    definition,
    servedAs: undefined,
    info: { ...info, group, version, resource: resourceOf(definition), subresource: 'status', name },
  }
  await updateObject(budget, {
    name,
    transform: (read) => {
      const known = read!() as PodDisruptionBudget
      checkAllowed(known)
      known.status = taken(known, { pod: info.name, now: timestamp(parts.clock.now()) })
      delete known.metadata.resourceVersion
      return known
    },
    unconditional: true,
    subresource: 'status',
    rules: statusRules,
    admitAs: () => undefined,
    dryRun: false,
  })
}

const taken = ({ status }: PodDisruptionBudget, { pod, now }: { pod: string; now: string }) => {
  const disruptionsAllowed = (status?.disruptionsAllowed ?? 0) - 1
  const after = {
    currentHealthy: 0,
    desiredHealthy: 0,
    expectedPods: 0,
    ...status,
    disruptionsAllowed,
    disruptedPods: { ...status?.disruptedPods, [pod]: now },
  }
  return disruptionsAllowed === 0 ? withDisruptionAllowed(after, { now }) : after
}

const checkAllowed = (budget: PodDisruptionBudget): void => {
  const { metadata, status } = budget
  const { name, generation = 0 } = metadata
  if ((status?.observedGeneration ?? 0) < generation) throw budgetNotReady(name)
  const allowed = status?.disruptionsAllowed ?? 0
  const refused = (message: string) => forbidden('policy', 'poddisruptionbudget', name, message)
  if (allowed < 0) throw refused('pdb disruptions allowed is negative')
  if (Object.keys(status?.disruptedPods ?? {}).length > mostDisrupted) {
    throw refused('DisruptedPods map too big - too many evictions not confirmed by PDB controller')
  }
  if (allowed === 0) throw violated(`The disruption budget ${name} ${whyNone(budget)}`)
}

const whyNone = ({ status }: PodDisruptionBudget): string => {
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {}
  const condition = disruptionAllowed(status)
  const said = condition?.status === 'False' && condition.message ? condition : undefined
  if (said?.reason === 'SyncFailed') return `does not allow evicting pods currently because it failed sync: ${said.message}`
  if (currentHealthy <= desiredHealthy) return `needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
  return `does not allow evicting pods currently${said ? ` (${said.reason}): ${said.message}` : ''}`
}

/** Somebody may still find out what it allows. */
export const budgetNotReady = (name: string): ApiError =>
  violated(`The disruption budget ${name} is still being processed by the server.`, 10)

const violated = (message: string, retryAfterSeconds?: number): ApiError =>
  new ApiError('TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    details: { causes: [{ reason: 'DisruptionBudget', message }], ...(retryAfterSeconds && { retryAfterSeconds }) },
  })
