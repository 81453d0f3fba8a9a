import type { PodCondition } from '../resources/generated/types.ts'
import type { Pod } from '../resources/resource.ts'
import { semanticallyEqual } from './semantic-equality.ts'

/** What controllers ask of a pod's status. */

export const podCondition = (pod: Pod, type: string): PodCondition | undefined =>
  pod.status?.conditions?.find((condition) => condition.type === type)

export const isPodReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True'

export const isPodTerminal = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed'

/** counts as a replica: neither ended nor being deleted */
export const isPodActive = (pod: Pod): boolean => !isPodTerminal(pod) && !pod.metadata.deletionTimestamp

/** being deleted and not ended yet */
export const isPodTerminating = (pod: Pod): boolean => !isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined

/** Milliseconds until a ready pod counts as available; 0: it does; undefined: it is not ready. */
export const untilAvailableMs = (pod: Pod, minReadySeconds: number, nowMs: number): number | undefined => {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True') return undefined
  if (minReadySeconds === 0) return 0
  if (!ready.lastTransitionTime) return undefined
  return Math.max(0, Date.parse(ready.lastTransitionTime) + minReadySeconds * 1000 - nowMs)
}

/** Most updates of a pod say nothing that is counted by who keeps so many. */
export const countsTheSame = (pod: Pod, previous: Pod): boolean => semanticallyEqual(countedView(pod), countedView(previous))

const countedView = (pod: Pod) => ({
  labels: pod.metadata.labels,
  owners: pod.metadata.ownerReferences,
  deleted: pod.metadata.deletionTimestamp,
  phase: pod.status?.phase,
  ready: podCondition(pod, 'Ready'),
})
