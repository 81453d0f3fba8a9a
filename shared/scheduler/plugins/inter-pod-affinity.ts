import type { AffinityTerm } from '../affinity-term.ts'
import type { NodeInfo } from '../node-info.ts'
import { type FilterPlugin, maxScore, resolvable, type ScorePlugin, unresolvable } from '../plugin.ts'
import type { PodInfo } from '../pod-info.ts'
import type { Lookups } from '../snapshot.ts'

const noAffinity = unresolvable("node(s) didn't match pod affinity rules")
const antiAffinity = resolvable("node(s) didn't match pod anti-affinity rules")
const existingAntiAffinity = resolvable("node(s) didn't satisfy existing pods anti-affinity rules")

/** What a required term of a running pod counts for when nodes are ranked for one it wants near. */
const requiredAffinityWeight = 1

export const interPodAffinityFilter: FilterPlugin = {
  name: 'InterPodAffinity',
  filter: (pod, { nodes, lookups }) => {
    const counts = new AffinityCounts(pod, lookups)
    const own = pod.requiredAffinity.length + pod.requiredAntiAffinity.length > 0
    for (const node of nodes)
      for (const other of own ? node.pods : node.podsWithRequiredAntiAffinity) counts.count(other, node, 1)
    if (!own && counts.existing.size === 0) return undefined
    return {
      check: (node) => {
        if (!counts.affinityHolds(node)) return noAffinity
        if (!counts.antiAffinityHolds(node)) return antiAffinity
        return counts.existingHold(node) ? undefined : existingAntiAffinity
      },
      placed: (node) => {
        counts.count(pod, node, 1)
        return true
      },
      removed: (other, node) => counts.count(other, node, -1),
      added: (other, node) => counts.count(other, node, 1),
    }
  },
}

/** How many pods of each topology domain (`key\0value`) the terms match. */
class AffinityCounts {
  readonly existing = new Map<string, number>()
  readonly #affinity = new Map<string, number>()
  readonly #antiAffinity = new Map<string, number>()
  readonly #pod: PodInfo
  readonly #lookups: Lookups

  constructor(pod: PodInfo, lookups: Lookups) {
    this.#pod = pod
    this.#lookups = lookups
  }

  count(other: PodInfo, { labels }: NodeInfo, by: 1 | -1) {
    const { requiredAffinity, requiredAntiAffinity, pod } = this.#pod
    const add = (counts: Map<string, number>, { topologyKey }: AffinityTerm) => {
      const value = labels[topologyKey]
      if (value === undefined) return
      const domain = `${topologyKey}\0${value}`
      const count = (counts.get(domain) ?? 0) + by
      if (count === 0) counts.delete(domain)
      else counts.set(domain, count)
    }
    const ownNamespace = this.#lookups.namespaceLabels(pod.metadata.namespace ?? '')
    for (const term of other.requiredAntiAffinity) if (term.matches(pod, ownNamespace)) add(this.existing, term)
    if (requiredAffinity.length === 0 && requiredAntiAffinity.length === 0) return
    const otherNamespace = this.#lookups.namespaceLabels(other.pod.metadata.namespace ?? '')
    if (requiredAffinity.length && requiredAffinity.every((term) => term.matches(other.pod, otherNamespace)))
      for (const term of requiredAffinity) add(this.#affinity, term)
    for (const term of requiredAntiAffinity) if (term.matches(other.pod, otherNamespace)) add(this.#antiAffinity, term)
  }

  affinityHolds({ labels }: NodeInfo): boolean {
    const { requiredAffinity, pod } = this.#pod
    if (requiredAffinity.some(({ topologyKey }) => labels[topologyKey] === undefined)) return false
    if (requiredAffinity.every(({ topologyKey }) => (this.#affinity.get(`${topologyKey}\0${labels[topologyKey]}`) ?? 0) > 0))
      return true
    // The first of pods that want to be with their own kind may go anywhere.
    const namespace = this.#lookups.namespaceLabels(pod.metadata.namespace ?? '')
    return this.#affinity.size === 0 && requiredAffinity.every((term) => term.matches(pod, namespace))
  }

  antiAffinityHolds({ labels }: NodeInfo): boolean {
    return this.#pod.requiredAntiAffinity.every(
      ({ topologyKey }) => !this.#antiAffinity.get(`${topologyKey}\0${labels[topologyKey]}`),
    )
  }

  existingHold({ labels }: NodeInfo): boolean {
    if (this.existing.size === 0) return true
    for (const key in labels) if (this.existing.get(`${key}\0${labels[key]}`)) return false
    return true
  }
}

export const interPodAffinityScore: ScorePlugin = {
  name: 'InterPodAffinity',
  weight: 2,
  scorer: (pod, { nodes, lookups }) => {
    const own = pod.preferredAffinity.length + pod.preferredAntiAffinity.length > 0
    const weights = new AffinityWeights(pod, lookups)
    for (const node of nodes) for (const other of own ? node.pods : node.podsWithAffinity) weights.add(other, node)
    const matters = own || weights.byDomain.size > 0 || pod.requiredAffinity.length > 0
    if (!matters) return undefined
    return {
      score: (node) => weights.of(node),
      normalize: scaleBetween,
      placed: (node) => {
        weights.add(pod, node)
        return true
      },
    }
  },
}

class AffinityWeights {
  readonly byDomain = new Map<string, Map<string, number>>()
  readonly #pod: PodInfo
  readonly #lookups: Lookups

  constructor(pod: PodInfo, lookups: Lookups) {
    this.#pod = pod
    this.#lookups = lookups
  }

  add(other: PodInfo, { labels }: NodeInfo) {
    const apply = (terms: readonly AffinityTerm[], candidate: PodInfo, weightOf: (term: AffinityTerm) => number) => {
      const namespace = this.#lookups.namespaceLabels(candidate.pod.metadata.namespace ?? '')
      for (const term of terms) {
        const value = labels[term.topologyKey]
        if (value === undefined || !term.matches(candidate.pod, namespace)) continue
        const values = this.byDomain.get(term.topologyKey) ?? new Map<string, number>()
        values.set(value, (values.get(value) ?? 0) + weightOf(term))
        this.byDomain.set(term.topologyKey, values)
      }
    }
    apply(this.#pod.preferredAffinity, other, ({ weight }) => weight)
    apply(this.#pod.preferredAntiAffinity, other, ({ weight }) => -weight)
    apply(other.requiredAffinity, this.#pod, () => requiredAffinityWeight)
    apply(other.preferredAffinity, this.#pod, ({ weight }) => weight)
    apply(other.preferredAntiAffinity, this.#pod, ({ weight }) => -weight)
  }

  of({ labels }: NodeInfo): number {
    let sum = 0
    for (const [key, values] of this.byDomain) sum += values.get(labels[key] ?? '') ?? 0
    return sum
  }
}

const scaleBetween = (scores: number[]): void => {
  const low = Math.min(...scores)
  const range = Math.max(...scores) - low
  for (let index = 0; index < scores.length; index++)
    scores[index] = range > 0 ? Math.floor((maxScore * (scores[index]! - low)) / range) : 0
}
