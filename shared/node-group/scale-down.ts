import { isPodTerminal } from '../controllers/pod-state.ts'
import { removalTaint } from '../placement/annotation.ts'
import type { Node, Pod } from '../resources/resource.ts'

/** on a node: since when nothing runs there that would miss it */
export const idleSinceAnnotation = 'windlass.dev/idle-since'
/** on a node that is to stay, whatever runs there: "true" */
const keepAnnotation = 'cluster-autoscaler.kubernetes.io/scale-down-disabled'

/** a node goes after it was idle for so long */
const idleMs = 10 * 60_000

export interface IdleNodes {
  /** to be noted as idle from now on */
  readonly begin: readonly Node[]
  /** not idle any more: notes and taint are taken off */
  readonly end: readonly Node[]
  /** idle for long: to be closed for pods, and looked at again */
  readonly close: readonly Node[]
  /** closed, and still idle: to be taken away */
  readonly remove: readonly Node[]
}

/** What becomes of a group's nodes. Pure. `spare`: how many the group may lose. */
export const decideScaleDown = (input: {
  readonly nodes: readonly Node[]
  readonly podsOn: (node: string) => readonly Pod[]
  /** whether volumes would be lost with the node */
  readonly hasVolumes: (node: string) => boolean
  readonly spare: number
  readonly nowMs: number
}): IdleNodes => {
  const { nodes, podsOn, hasVolumes, nowMs } = input
  const decided = { begin: [] as Node[], end: [] as Node[], close: [] as Node[], remove: [] as Node[] }
  let spare = input.spare
  for (const node of nodes) {
    const { annotations = {}, name } = node.metadata
    const since = Date.parse(annotations[idleSinceAnnotation] ?? '')
    const idle = annotations[keepAnnotation] !== 'true' && !podsOn(name).some(wouldMiss) && !hasVolumes(name)
    if (!idle) {
      if (!Number.isNaN(since) || isClosed(node)) decided.end.push(node)
    } else if (Number.isNaN(since)) decided.begin.push(node)
    else if (nowMs - since >= idleMs && spare > 0) {
      spare--
      decided[isClosed(node) ? 'remove' : 'close'].push(node)
    } else if (isClosed(node)) decided.end.push(node)
  }
  return decided
}

export const isClosed = ({ spec }: Node): boolean => spec.taints?.some(({ key }) => key === removalTaint) ?? false

/** What every node runs, and what runs nowhere else, does not keep one alive. */
const wouldMiss = (pod: Pod): boolean =>
  !isPodTerminal(pod) &&
  !pod.metadata.annotations?.['kubernetes.io/config.mirror'] &&
  !pod.metadata.ownerReferences?.some(({ controller, kind }) => controller && kind === 'DaemonSet')
