import type { Toleration } from '../../resources/generated/types.ts'
import type { DaemonSet, Node } from '../../resources/resource.ts'
import { requiredNodeAffinity } from '../../scheduler/node-selector.ts'
import { forbidsScheduling, isTolerated } from '../../scheduler/toleration.ts'
import { daemonTolerations } from './tolerations.ts'

export interface Placement {
  /** a pod is to be made where there is none */
  readonly runs: boolean
  /** a pod that is there may stay */
  readonly stays: boolean
}

export const nowhere: Placement = { runs: false, stays: false }

/** Where the pods of a set belong. Room on the node is the scheduler's business. */
export const placementOf = ({ spec }: DaemonSet): ((node: Node) => Placement) => {
  const podSpec = spec.template.spec ?? { containers: [] }
  const fits = requiredNodeAffinity(podSpec)
  const tolerations: readonly Toleration[] = daemonTolerations(podSpec)
  return (node) => {
    const { name, labels = {} } = node.metadata
    if (podSpec.nodeName && podSpec.nodeName !== name) return nowhere
    if (fits && !fits({ name, labels })) return nowhere
    const refused = (node.spec.taints ?? []).filter((taint) => forbidsScheduling(taint) && !isTolerated(taint, tolerations))
    if (refused.length === 0) return { runs: true, stays: true }
    return { runs: false, stays: !refused.some(({ effect }) => effect === 'NoExecute') }
  }
}

/** Whether a node that changed means something else to a set. */
export const placesOtherwise = (set: DaemonSet, node: Node | undefined, previous: Node | undefined): boolean => {
  const place = placementOf(set)
  const [now, before] = [node ? place(node) : nowhere, previous ? place(previous) : nowhere]
  return now.runs !== before.runs || now.stays !== before.stays
}
