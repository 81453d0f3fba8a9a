import { directoriesAnnotation } from '../resources/core/volume/local-directory.ts'
import { decide } from '../scheduler/decide.ts'
import { createNodeInfo, type NodeInfo } from '../scheduler/node-info.ts'
import type { ScorePlugin } from '../scheduler/plugin.ts'
import { filterPlugins } from '../scheduler/plugins/index.ts'
import type { PodInfo } from '../scheduler/pod-info.ts'
import type { Snapshot } from '../scheduler/snapshot.ts'
import type { NodeShape } from './node-group.ts'

export interface ScaleUpInput {
  /** nodes and what runs on them */
  readonly snapshot: Snapshot
  /** pods without a node */
  readonly pods: readonly PodInfo[]
  /** what a new node offers */
  readonly shape: NodeShape
  /** machines that will soon be nodes */
  readonly onTheirWay: number
  /** how many more the group may have */
  readonly room: number
}

export interface ScaleUp {
  /** how many more nodes would run what waits */
  readonly more: number
  /** pods that the new nodes are for */
  readonly triggering: readonly PodInfo[]
  /** pods that no node which might come would help, and why */
  readonly hopeless: readonly { readonly pod: PodInfo; readonly reason: string }[]
}

const freshPrefix = 'new-node-'

/**
 * How many nodes the scheduler would need to place what waits: nodes that are there are filled first, then those on their way, then as few
 * new ones as possible. Pure.
 */
export const decideScaleUp = ({ snapshot, pods, shape, onTheirWay, room }: ScaleUpInput): ScaleUp => {
  const fresh = Array.from({ length: onTheirWay + room }, (_, i) => freshNode(`${freshPrefix}${i}`, shape))
  const nodes = [...snapshot.nodes, ...fresh]
  const order = new Map(nodes.map(({ name }, i) => [name, i]))
  const decisions = decide({
    snapshot: { ...snapshot, nodes },
    pods,
    nominated: [],
    plugins: { filters: filterPlugins, scores: [inOrder(order)] },
    random: () => 0,
  })
  const firstNew = snapshot.nodes.length + onTheirWay
  const triggering: PodInfo[] = []
  const hopeless: { pod: PodInfo; reason: string }[] = []
  const used = new Set<string>()
  for (const decision of decisions) {
    if (decision.node === undefined) {
      hopeless.push({ pod: decision.pod, reason: reasonAgainst(decision.pod, snapshot, shape) })
    } else if (order.get(decision.node)! >= firstNew) {
      used.add(decision.node)
      triggering.push(decision.pod)
    }
  }
  return { more: used.size, triggering, hopeless }
}

/** In the words of upstream's cluster-autoscaler. */
const reasonAgainst = (pod: PodInfo, snapshot: Snapshot, shape: NodeShape): string => {
  const node = freshNode(`${freshPrefix}x`, shape)
  for (const plugin of filterPlugins) {
    const refusal = plugin.refuse?.(pod, snapshot)
    if (refusal !== undefined) return `1 ${refusal}`
    const rejection = plugin.filter(pod, { ...snapshot, nodes: [...snapshot.nodes, node] })?.check(node)
    if (rejection) return rejection.reasons.map((reason) => `1 ${reason}`).join(', ')
  }
  return '1 max node group size reached'
}

const freshNode = (name: string, { allocatable, labels }: NodeShape): NodeInfo =>
  createNodeInfo(
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: { ...labels, 'kubernetes.io/hostname': name },
        annotations: { [directoriesAnnotation]: '/' },
      },
      spec: {},
      status: { allocatable },
    },
    [],
  )

const inOrder = (order: ReadonlyMap<string, number>): ScorePlugin => ({
  name: 'InOrder',
  weight: 1,
  scorer: () => ({ score: ({ name }) => -(order.get(name) ?? 0) }),
})
