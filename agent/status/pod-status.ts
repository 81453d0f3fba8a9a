import type { PodStatus } from '../../shared/resources/generated/types.ts'
import { readySandbox } from '../pod-worker/pod-state.ts'
import { podConditions } from './conditions.ts'
import { containerStatuses, ephemeralStatuses, type StatusInput } from './container-status.ts'
import { podPhase } from './phase.ts'
import { qosClass } from './qos-class.ts'

export interface PodStatusInput extends Omit<StatusInput, 'previous'> {
  /** as last written, or as the API server has it */
  readonly previous: PodStatus
  readonly podIP: string | undefined
  readonly hostIP: string
  /** nothing will be started any more */
  readonly ended: boolean
  /** overrides what follows from the containers: DeadlineExceeded, Evicted … */
  readonly failure?: { readonly reason: string; readonly message: string } | undefined
  /** RFC 3339 */
  readonly now: string
}

/** A pod's status as its kubelet reports it. Pure. */
export const podStatus = (input: PodStatusInput): PodStatus => {
  const { pod, runtime, previous, podIP, hostIP, failure, now } = input
  const { spec, metadata } = pod
  const statusInput = (statuses: PodStatus['containerStatuses']): StatusInput => ({ ...input, previous: statuses ?? [] })
  const init = containerStatuses(statusInput(previous.initContainerStatuses), 'init')
  const apps = containerStatuses(statusInput(previous.containerStatuses), 'app')
  const ephemeral = ephemeralStatuses(statusInput(previous.ephemeralContainerStatuses))
  const statuses = [...init, ...apps]
  const settled = previous.phase === 'Failed' || previous.phase === 'Succeeded'
  const phase = settled ? previous.phase! : failure ? 'Failed' : podPhase({ spec, statuses, ended: input.ended })
  const conditions = podConditions({
    spec,
    generation: metadata.generation,
    phase,
    statuses,
    sandboxReady: readySandbox(runtime) !== undefined && podIP !== undefined,
    previous: previous.conditions ?? [],
    now,
  })
  const reason = failure?.reason ?? (settled ? previous.reason : undefined)
  const message = failure?.message ?? (settled ? previous.message : undefined)
  return {
    ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
    phase,
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
    conditions,
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(podIP ? { podIP, podIPs: [{ ip: podIP }] } : {}),
    startTime: previous.startTime ?? now,
    ...(init.length ? { initContainerStatuses: init } : {}),
    containerStatuses: apps,
    ...(ephemeral.length ? { ephemeralContainerStatuses: ephemeral } : {}),
    qosClass: qosClass(spec),
  }
}
