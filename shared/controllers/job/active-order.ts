import type { Pod } from '../../resources/resource.ts'
import { isPodReady, podCondition } from '../pod-state.ts'
import { compareRestarts, phaseOrder } from '../replicaset/deletion-order.ts'

/** Negative: `a` is missed less. As for replicas, but by exact ages, and whatever its deletion should cost. */
export const compareActive = (a: Pod, b: Pod): number =>
  Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName)) ||
  phaseOrder(a) - phaseOrder(b) ||
  Number(isPodReady(a)) - Number(isPodReady(b)) ||
  (isPodReady(a) && isPodReady(b) ? newerFirst(readyTime(a), readyTime(b)) : 0) ||
  compareRestarts(a, b) ||
  newerFirst(a.metadata.creationTimestamp, b.metadata.creationTimestamp)

const readyTime = (pod: Pod) => podCondition(pod, 'Ready')?.lastTransitionTime

const newerFirst = (a: string | null | undefined, b: string | null | undefined): number => {
  if (a === b) return 0
  if (!a || !b) return a ? 1 : -1
  return Date.parse(b) - Date.parse(a)
}
