import { parseQuantity, toUnits } from '../../shared/meta/quantity.ts'
import { sumOfContainers } from '../../shared/resources/core/pod/resources.ts'
import type { PodSpec } from '../../shared/resources/generated/types.ts'

/**
 * How large an emptyDir in memory may grow, in bytes: the least of what the node can give to pods, what its pod's containers may take
 * if all of them are limited, and its own sizeLimit. Nothing is no limit.
 */
export const memorySize = (spec: PodSpec, sizeLimit: string | undefined, allocatable: string | undefined): number | undefined => {
  const bounds = [allocatable, podLimit(spec), sizeLimit].flatMap((bound) => {
    const bytes = bound === undefined ? 0 : toUnits(bound)
    return bytes > 0 ? [bytes] : []
  })
  return bounds.length > 0 ? Math.min(...bounds) : undefined
}

const podLimit = (spec: PodSpec): string | undefined => {
  const all = [...spec.containers, ...(spec.initContainers ?? [])]
  const isLimited = (limit: string | undefined) => limit !== undefined && parseQuantity(limit).nano > 0n
  if (!all.every(({ resources }) => isLimited(resources?.limits?.memory))) return undefined
  const sum = sumOfContainers(spec, 'limits').get('memory')
  return sum && String(toUnits(sum) + toUnits(spec.overhead?.memory ?? '0'))
}
