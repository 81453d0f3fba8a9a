import type { ContainerStatus } from '../../resources/generated/types.ts'
import type { Pod } from '../../resources/resource.ts'
import { podCondition } from '../pod-state.ts'

/**
 * When a pod ended, in milliseconds since the epoch: when the last of its containers did, or as near to it as can be told of a pod that
 * was deleted, or whose node is gone.
 */
export const finishTimeMs = (pod: Pod): number => {
  const ready = podCondition(pod, 'Ready')
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata
  return (
    containersFinishMs(pod) ??
    (ready?.status === 'False' && ready.lastTransitionTime ? Date.parse(ready.lastTransitionTime) : undefined) ??
    (deletionTimestamp ? Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000 : undefined) ??
    (Date.parse(creationTimestamp ?? '') || 0)
  )
}

/** Sidecars end after the others. undefined: there are no containers, or one of them has not ended. */
const containersFinishMs = ({ spec, status }: Pod): number | undefined => {
  const sidecars = new Set(spec.initContainers?.filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name))
  const statuses: readonly ContainerStatus[] = [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name)),
  ]
  const times = statuses.map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? ''))
  return times.length === 0 || times.some(Number.isNaN) ? undefined : Math.max(...times)
}
