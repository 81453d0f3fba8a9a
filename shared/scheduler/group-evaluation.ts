import { type NodeInfo, withPod } from './node-info.ts'
import type { Filter, FilterPlugin, Rejection, ScorePlugin, Scorer } from './plugin.ts'
import type { PodInfo } from './pod-info.ts'
import type { Draft } from './snapshot.ts'

export interface Plugins {
  readonly filters: readonly FilterPlugin[]
  readonly scores: readonly ScorePlugin[]
}

/** Looks at all nodes once for pods that are alike, and after each placement only at what it changed. */
export class GroupEvaluation {
  readonly #pod: PodInfo
  readonly #draft: Draft
  readonly #filters: readonly Filter[]
  readonly #rejections: (Rejection | undefined)[]
  readonly #plugins: Plugins
  #scoring: { weight: number; scorer: Scorer; raw: number[] }[] | undefined

  constructor(pod: PodInfo, draft: Draft, plugins: Plugins) {
    this.#pod = pod
    this.#draft = draft
    this.#plugins = plugins
    this.#filters = plugins.filters.map((plugin) => plugin.filter(pod, draft)).filter((filter) => filter !== undefined)
    this.#rejections = draft.nodes.map((node) => firstRejection(this.#filters, node))
  }

  /** by position in the draft's nodes; undefined: the node will do */
  get rejections(): readonly (Rejection | undefined)[] {
    return this.#rejections
  }

  get filters(): readonly Filter[] {
    return this.#filters
  }

  /** The position of the best node; undefined: none will do. Among equals chance decides. */
  best(random: () => number): number | undefined {
    const feasible = this.#feasible()
    if (feasible.length <= 1) return feasible[0]
    const totals = this.#totals(feasible)
    let best: number | undefined
    let bestTotal = Number.NEGATIVE_INFINITY
    let equals = 0
    for (const [position, index] of feasible.entries()) {
      const total = totals[position]!
      if (total > bestTotal) {
        best = index
        bestTotal = total
        equals = 1
      } else if (total === bestTotal && random() * ++equals < 1) best = index
    }
    return best
  }

  /** Puts a pod of the group on the node in the draft. */
  place(pod: PodInfo, index: number): void {
    const node = withPod(this.#draft.nodes[index]!, pod)
    this.#draft.replace(index, node)
    let everywhere = false
    for (const filter of this.#filters) if (filter.placed?.(node)) everywhere = true
    if (everywhere)
      for (const [each, other] of this.#draft.nodes.entries()) this.#rejections[each] = firstRejection(this.#filters, other)
    else this.#rejections[index] = firstRejection(this.#filters, node)
    for (const { scorer, raw } of this.#scoring ?? []) {
      if (scorer.placed?.(node)) for (const [each, other] of this.#draft.nodes.entries()) raw[each] = scorer.score(other)
      else raw[index] = scorer.score(node)
    }
  }

  #feasible(): number[] {
    const feasible: number[] = []
    for (const [index, rejection] of this.#rejections.entries()) if (rejection === undefined) feasible.push(index)
    return feasible
  }

  #totals(feasible: readonly number[]): number[] {
    const nodes = feasible.map((index) => this.#draft.nodes[index]!)
    this.#scoring ??= this.#startScoring(nodes)
    const totals = new Array<number>(feasible.length).fill(0)
    for (const { weight, scorer, raw } of this.#scoring) {
      const scores = feasible.map((index) => raw[index]!)
      scorer.normalize?.(scores, nodes)
      for (const [position, score] of scores.entries()) totals[position]! += weight * score
    }
    return totals
  }

  #startScoring(feasible: readonly NodeInfo[]) {
    const started: { weight: number; scorer: Scorer; raw: number[] }[] = []
    for (const plugin of this.#plugins.scores) {
      const scorer = plugin.scorer(this.#pod, this.#draft, feasible)
      if (scorer) started.push({ weight: plugin.weight, scorer, raw: this.#draft.nodes.map((node) => scorer.score(node)) })
    }
    return started
  }
}

export const firstRejection = (filters: readonly Filter[], node: NodeInfo): Rejection | undefined => {
  for (const filter of filters) {
    const rejection = filter.check(node)
    if (rejection) return rejection
  }
  return undefined
}
