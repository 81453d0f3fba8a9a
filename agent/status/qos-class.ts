import { toMillis } from '../../shared/meta/quantity.ts'
import type { Container, PodSpec } from '../../shared/resources/generated/types.ts'

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

const resourceNames = ['cpu', 'memory'] as const

/** Guaranteed: every container has cpu and memory limits equal to its requests. BestEffort: none has any. */
export const qosClass = (spec: PodSpec): QosClass => {
  const containers = [...(spec.initContainers ?? []), ...spec.containers]
  const asks = containers.some((container) =>
    resourceNames.some(
      (name) => positive(container.resources?.requests?.[name]) || positive(container.resources?.limits?.[name]),
    ),
  )
  if (!asks) return 'BestEffort'
  return containers.every(isGuaranteed) ? 'Guaranteed' : 'Burstable'
}

const positive = (value: string | undefined) => value !== undefined && toMillis(value) > 0

const isGuaranteed = ({ resources }: Container) =>
  resourceNames.every((name) => {
    const limit = resources?.limits?.[name]
    const request = resources?.requests?.[name] ?? limit
    return positive(limit) && toMillis(limit!) === toMillis(request!)
  })
