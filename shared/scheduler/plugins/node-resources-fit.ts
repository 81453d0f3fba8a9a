import type { NodeInfo } from '../node-info.ts'
import { type FilterPlugin, maxScore, type Rejection, type ScorePlugin } from '../plugin.ts'
import type { Amounts } from '../resource-amounts.ts'

/** Whether a node has what the pod asks for: resources by name, and room for one more pod. */
export const nodeResourcesFit: FilterPlugin = {
  name: 'NodeResourcesFit',
  filter: ({ requests }) => {
    const wanted = Object.entries(requests).filter(([, amount]) => amount > 0)
    return { check: (node) => rejectionFor(wanted, node) }
  },
}

const rejectionFor = (wanted: readonly [string, number][], { pods, allocatable, requested }: NodeInfo): Rejection | undefined => {
  let reasons: string[] | undefined
  let unresolvable = false
  if (pods.length + 1 > (allocatable.pods ?? 0)) reasons = ['Too many pods']
  for (const [resource, amount] of wanted) {
    const capacity = allocatable[resource] ?? 0
    if (amount <= capacity - (requested[resource] ?? 0)) continue
    reasons = [...(reasons ?? []), `Insufficient ${resource}`]
    // Even empty it would be too small.
    if (amount > capacity) unresolvable = true
  }
  return reasons && { reasons, unresolvable }
}

const ranked = ['cpu', 'memory']

/** Prefers nodes with much left. */
export const leastAllocated: ScorePlugin = {
  name: 'NodeResourcesFit',
  weight: 1,
  scorer: ({ scoringRequests }) => ({
    score: ({ allocatable, scoringRequested }) => {
      let sum = 0
      let count = 0
      for (const resource of ranked) {
        const capacity = allocatable[resource] ?? 0
        if (capacity === 0) continue
        const used = (scoringRequested[resource] ?? 0) + (scoringRequests[resource] ?? 0)
        sum += used > capacity ? 0 : Math.floor(((capacity - used) * maxScore) / capacity)
        count++
      }
      return count === 0 ? 0 : Math.floor(sum / count)
    },
  }),
}

/** Prefers nodes where CPU and memory would be used to the same degree. */
export const balancedAllocation: ScorePlugin = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  scorer: ({ requests }) =>
    ranked.some((resource) => (requests[resource] ?? 0) > 0)
      ? {
          score: ({ allocatable, requested }) =>
            Math.floor((1 - deviation(fractions(allocatable, requested, requests))) * maxScore),
        }
      : undefined,
}

const fractions = (allocatable: Amounts, requested: Amounts, requests: Amounts): number[] =>
  ranked
    .filter((resource) => allocatable[resource])
    .map((resource) => Math.min(1, ((requested[resource] ?? 0) + (requests[resource] ?? 0)) / allocatable[resource]!))

const deviation = (values: readonly number[]): number => (values.length < 2 ? 0 : Math.abs(values[0]! - values[1]!) / 2)
