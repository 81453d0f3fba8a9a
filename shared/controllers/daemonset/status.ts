import type { DaemonSetStatus } from '../../resources/generated/types.ts'
import type { Pod } from '../../resources/resource.ts'
import { isPodReady, untilAvailableMs } from '../pod-state.ts'
import { isUpdated } from './daemon-pod.ts'
import { type DaemonInput, oldestScheduledFirst, podsByTarget } from './manage.ts'
import { placementOf } from './placement.ts'

/** The counts of a status; what else it says stays. */
export const daemonStatus = (input: DaemonInput): DaemonSetStatus => {
  const { set, hash, nowMs } = input
  const { desired, misscheduled, counted } = countedPods(input)
  const ready = counted.filter(isPodReady)
  const available = ready.filter((pod) => untilAvailableMs(pod, set.spec.minReadySeconds ?? 0, nowMs) === 0)
  return {
    ...set.status,
    observedGeneration: set.metadata.generation,
    desiredNumberScheduled: desired,
    currentNumberScheduled: counted.length,
    numberMisscheduled: misscheduled,
    numberReady: ready.length,
    // Zeros are left out, as upstream's encoding does.
    updatedNumberScheduled: counted.filter((pod) => isUpdated(pod, set, hash)).length || undefined,
    numberAvailable: available.length || undefined,
    numberUnavailable: desired - available.length || undefined,
  }
}

/** Milliseconds until the next ready pod becomes available. */
export const nextAvailabilityMs = ({ set, pods, nowMs }: DaemonInput): number | undefined => {
  const waits = pods.map((pod) => untilAvailableMs(pod, set.spec.minReadySeconds ?? 0, nowMs) ?? 0).filter((wait) => wait > 0)
  return waits.length > 0 ? Math.min(...waits) : undefined
}

/** One pod for each node that is to have one. */
const countedPods = ({ set, nodes, pods }: DaemonInput): { desired: number; misscheduled: number; counted: Pod[] } => {
  const place = placementOf(set)
  const byNode = podsByTarget(pods)
  const wanted = nodes.filter((node) => place(node).runs)
  const podOn = (name: string) => byNode.get(name)?.sort(oldestScheduledFirst)[0]
  return {
    desired: wanted.length,
    misscheduled: nodes.filter((node) => !place(node).runs && podOn(node.metadata.name)).length,
    counted: wanted.flatMap(({ metadata }) => podOn(metadata.name) ?? []),
  }
}
