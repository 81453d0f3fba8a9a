import type { Taint, Toleration } from '../../resources/generated/types.ts'
import type { Pod } from '../../resources/resource.ts'

/**
 * When a pod must leave its node for the node's NoExecute taints, in milliseconds since the epoch; undefined: never. Of the tolerations
 * of a taint the first counts, and its seconds from when the taint was set, or from when the pod came.
 */
export const evictionTimeMs = ({ spec, metadata }: Pod, taints: readonly Taint[], tolerates: Tolerates): number | undefined => {
  const arrivedMs = Date.parse(metadata.creationTimestamp ?? '') || 0
  let due: number | undefined
  for (const taint of taints) {
    if (taint.effect !== 'NoExecute') continue
    const matching = spec.tolerations?.find((toleration) => tolerates(toleration, taint))
    if (!matching) return 0
    const { tolerationSeconds } = matching
    if (tolerationSeconds === undefined) continue
    const sinceMs = Math.max(arrivedMs, taint.timeAdded ? Date.parse(taint.timeAdded) : 0)
    const leaveMs = sinceMs + Math.max(0, Number(tolerationSeconds)) * 1000
    due = due === undefined ? leaveMs : Math.min(due, leaveMs)
  }
  return due
}

type Tolerates = (toleration: Toleration, taint: Taint) => boolean
