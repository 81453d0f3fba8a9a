import type { NodeInfo } from '../node-info.ts'
import { type Filter, type FilterPlugin, maxScore, resolvable, type ScorePlugin, type Scorer, unresolvable } from '../plugin.ts'
import type { PodInfo } from '../pod-info.ts'
import type { Snapshot } from '../snapshot.ts'
import {
  countMatching,
  defaultConstraints,
  hasAllTopologies,
  type SpreadConstraint,
  spreadConstraints,
} from './spread-constraint.ts'

const skewed = resolvable("node(s) didn't match pod topology spread constraints")
const noTopology = unresolvable("node(s) didn't match pod topology spread constraints (missing required label)")
const hostname = 'kubernetes.io/hostname'

export const podTopologySpreadFilter: FilterPlugin = {
  name: 'PodTopologySpread',
  filter: (pod, snapshot) => {
    const constraints = spreadConstraints(pod, 'DoNotSchedule')
    return constraints.length ? spreadFilter(pod, snapshot, constraints) : undefined
  },
}

const spreadFilter = (pod: PodInfo, { nodes }: Snapshot, constraints: readonly SpreadConstraint[]): Filter => {
  const { namespace, labels } = pod.pod.metadata
  /** by constraint: matching pods of each domain that counts */
  const counts = constraints.map(() => new Map<string, number>())
  const each = (node: NodeInfo, pods: readonly PodInfo[], sign: 1 | -1) => {
    if (!hasAllTopologies(node, constraints)) return
    constraints.forEach((constraint, index) => {
      if (!constraint.includes(node)) return
      const domain = node.labels[constraint.topologyKey]!
      const more = sign * countMatching(pods, constraint.selector, namespace)
      counts[index]!.set(domain, (counts[index]!.get(domain) ?? 0) + more)
    })
  }
  for (const node of nodes) each(node, node.pods, 1)
  let least = counts.map((byDomain) => Math.min(...byDomain.values()))
  const recount = (other: PodInfo, node: NodeInfo, sign: 1 | -1) => {
    each(node, [other], sign)
    least = counts.map((byDomain) => Math.min(...byDomain.values()))
  }
  return {
    check: (node) => {
      for (const [index, { topologyKey, minDomains, maxSkew, selector }] of constraints.entries()) {
        const domain = node.labels[topologyKey]
        if (domain === undefined) return noTopology
        const byDomain = counts[index]!
        const base = byDomain.size < minDomains ? 0 : least[index]!
        const self = selector.matches(labels) ? 1 : 0
        if ((byDomain.get(domain) ?? 0) + self - base > maxSkew) return skewed
      }
      return undefined
    },
    placed: (node) => {
      recount(pod, node, 1)
      return true
    },
    removed: (other, node) => recount(other, node, -1),
    added: (other, node) => recount(other, node, 1),
  }
}

export const podTopologySpreadScore: ScorePlugin = {
  name: 'PodTopologySpread',
  weight: 2,
  scorer: (pod, snapshot, feasible) => {
    const own = (pod.pod.spec.topologySpreadConstraints ?? []).length > 0
    const selector = own ? undefined : snapshot.lookups.defaultSelector(pod.pod)
    const constraints = own ? spreadConstraints(pod, 'ScheduleAnyway') : selector ? defaultConstraints(selector, pod) : []
    return constraints.length ? spreadScorer({ pod, snapshot, feasible, constraints, requireAll: own }) : undefined
  },
}

const spreadScorer = (options: {
  pod: PodInfo
  snapshot: Snapshot
  feasible: readonly NodeInfo[]
  constraints: readonly SpreadConstraint[]
  requireAll: boolean
}): Scorer => {
  const { pod, snapshot, feasible, constraints, requireAll } = options
  const { namespace } = pod.pod.metadata
  const ignored = (node: NodeInfo) => requireAll && !hasAllTopologies(node, constraints)
  const counted = feasible.filter((node) => !ignored(node))
  const counts = constraints.map(({ topologyKey }) => new Map(counted.map(({ labels }) => [labels[topologyKey] ?? '', 0])))
  const add = (node: NodeInfo, pods: readonly PodInfo[]) => {
    if (ignored(node)) return
    constraints.forEach((constraint, index) => {
      const domain = node.labels[constraint.topologyKey] ?? ''
      const before = counts[index]!.get(domain)
      if (before === undefined || !constraint.includes(node)) return
      counts[index]!.set(domain, before + countMatching(pods, constraint.selector, namespace))
    })
  }
  for (const node of snapshot.nodes) add(node, node.pods)
  const weights = constraints.map(({ topologyKey }, index) =>
    Math.log((topologyKey === hostname ? counted.length : counts[index]!.size) + 2),
  )
  return {
    score: (node) => {
      if (ignored(node)) return Number.NaN
      let score = 0
      constraints.forEach(({ topologyKey, maxSkew }, index) => {
        const domain = node.labels[topologyKey]
        if (domain !== undefined) score += (counts[index]!.get(domain) ?? 0) * weights[index]! + maxSkew - 1
      })
      return Math.round(score)
    },
    normalize: spreadOut,
    placed: (node) => {
      add(node, [pod])
      return true
    },
  }
}

/** The fewer the better; a node that lacks a topology gets nothing. */
const spreadOut = (scores: number[]): void => {
  let low = Number.POSITIVE_INFINITY
  let high = 0
  for (const score of scores) {
    if (Number.isNaN(score)) continue
    low = Math.min(low, score)
    high = Math.max(high, score)
  }
  for (const [index, score] of scores.entries())
    scores[index] = Number.isNaN(score) ? 0 : high === 0 ? maxScore : Math.floor((maxScore * (high + low - score)) / high)
}
