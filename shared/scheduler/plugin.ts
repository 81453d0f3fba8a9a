import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'
import type { Snapshot } from './snapshot.ts'
import type { VolumePlan } from './volume-state.ts'

/** Why a node won't do. `unresolvable`: taking other pods off it would not help. */
export interface Rejection {
  readonly reasons: readonly string[]
  readonly unresolvable: boolean
}

export interface FilterPlugin {
  readonly name: string
  /** Why no node at all will do, whatever there is; undefined: look at the nodes. */
  refuse?(pod: PodInfo, snapshot: Snapshot): string | undefined
  /** Looks at a pod once for all nodes; undefined: nothing to check for this pod. */
  filter(pod: PodInfo, snapshot: Snapshot): Filter | undefined
  /** What is to be written before the pod can be bound to a node that it fits; undefined: nothing, it can be bound at once. */
  reserve?(pod: PodInfo, node: NodeInfo, snapshot: Snapshot): VolumePlan | undefined
}

export interface Filter {
  check(node: NodeInfo): Rejection | undefined
  /**
   * Tells that a pod like this one was placed (`node` is after it; `before` was the same without). True: the outcome of other
   * nodes may have changed. A filter without it depends on nothing but the node.
   */
  placed?(node: NodeInfo): boolean
  /** The same for a pod that was taken off: preemption tries what would fit without it. */
  removed?(pod: PodInfo, node: NodeInfo): void
  added?(pod: PodInfo, node: NodeInfo): void
}

export interface ScorePlugin {
  readonly name: string
  readonly weight: number
  /** undefined: all nodes are the same to it for this pod. `feasible`: the nodes that will be scored. */
  scorer(pod: PodInfo, snapshot: Snapshot, feasible: readonly NodeInfo[]): Scorer | undefined
}

export interface Scorer {
  score(node: NodeInfo): number
  /** Brings raw scores in place to 0…100; default: they are already. */
  normalize?(scores: number[], nodes: readonly NodeInfo[]): void
  /** As in `Filter`. */
  placed?(node: NodeInfo): boolean
}

export const maxScore = 100

export const unresolvable = (reason: string): Rejection => ({ reasons: [reason], unresolvable: true })
export const resolvable = (...reasons: string[]): Rejection => ({ reasons, unresolvable: false })

/** Scales to 0…100 by the largest one; `reverse`: the smaller the raw score the better. */
export const normalizeByMax = (scores: number[], reverse: boolean): void => {
  const most = Math.max(0, ...scores)
  for (let index = 0; index < scores.length; index++) {
    const scaled = most === 0 ? 0 : Math.floor((maxScore * scores[index]!) / most)
    scores[index] = reverse ? maxScore - scaled : scaled
  }
}
