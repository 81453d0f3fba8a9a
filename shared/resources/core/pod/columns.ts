import { humanAge } from '../../../meta/duration.ts'
import { age, text, wide } from '../../column.ts'
import type { ContainerStatus } from '../../generated/types.ts'
import type { Pod } from '../../resource.ts'

interface Summary {
  readonly ready: string
  readonly status: string
  readonly restarts: number
  /** when a container last ended to be started again */
  readonly lastRestart: string | undefined
}

const hasTrueCondition = (pod: Pod, wanted: string) =>
  pod.status?.conditions?.some(({ type, status }) => type === wanted && status === 'True') ?? false

const endedReason = ({
  reason,
  signal,
  exitCode,
}: {
  reason?: string | undefined
  signal?: number | undefined
  exitCode: number
}) => reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`)

/** Restarts of the given containers. RFC 3339 times in UTC sort as text. */
const restartsOf = (statuses: readonly ContainerStatus[]) => ({
  restarts: statuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
  lastRestart: statuses
    .flatMap(({ lastState }) => lastState?.terminated?.finishedAt ?? [])
    .sort()
    .at(-1),
})

/** What an init container says about the pod: `done`, `ready` (a sidecar), or the reason to wait. */
const initState = (status: ContainerStatus, isSidecar: boolean): 'done' | 'started' | { reason: string | undefined } => {
  const { terminated, waiting } = status.state ?? {}
  if (terminated?.exitCode === 0) return 'done'
  if (isSidecar && status.started) return 'started'
  if (terminated) return { reason: `Init:${endedReason(terminated)}` }
  return { reason: waiting?.reason && waiting.reason !== 'PodInitializing' ? `Init:${waiting.reason}` : undefined }
}

/** The reason of the first init container that holds up the rest, and how many sidecars before it are ready. */
const initialization = (pod: Pod, sidecars: ReadonlySet<string>) => {
  let readySidecars = 0
  for (const [index, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const state = initState(status, sidecars.has(status.name))
    if (state === 'started' && status.ready) readySidecars++
    if (typeof state === 'object')
      return { readySidecars, position: index, reason: state.reason ?? `Init:${index}/${pod.spec.initContainers?.length ?? 0}` }
  }
  return { readySidecars, position: undefined, reason: undefined }
}

const containersState = (pod: Pod, initial: string) => {
  let reason = initial
  let failure = ''
  let running = 0
  for (const { state, ready } of (pod.status?.containerStatuses ?? []).toReversed()) {
    if (state?.waiting?.reason) reason = state.waiting.reason
    else if (state?.terminated) {
      reason = endedReason(state.terminated)
      if (state.terminated.exitCode !== 0) failure = reason
    } else if (ready && state?.running) running++
  }
  if (reason === 'Completed') {
    if (running > 0 && hasTrueCondition(pod, 'Ready')) reason = 'Running'
    else if (failure) reason = failure
    else if (running > 0) reason = 'NotReady'
  }
  return { reason, running }
}

const initialReason = ({ status }: Pod) =>
  status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated')
    ? 'SchedulingGated'
    : status?.reason || status?.phase || ''

const summarize = (pod: Pod): Summary => {
  const { spec, status, metadata } = pod
  const sidecars = new Set((spec.initContainers ?? []).filter((one) => one.restartPolicy === 'Always').map(({ name }) => name))
  const initStatuses = status?.initContainerStatuses ?? []
  const init = initialization(pod, sidecars)
  let ready = init.readySidecars
  let reason = init.reason ?? initialReason(pod)
  let counted = init.position === undefined ? initStatuses : initStatuses.slice(0, init.position + 1)
  if (init.reason === undefined || hasTrueCondition(pod, 'Initialized')) {
    const containers = containersState(pod, reason)
    reason = containers.reason
    ready += containers.running
    counted = [...counted.filter(({ name }) => sidecars.has(name)), ...(status?.containerStatuses ?? [])]
  }
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed'
  if (metadata.deletionTimestamp && status?.reason === 'NodeLost') reason = 'Unknown'
  else if (metadata.deletionTimestamp && !isOver) reason = 'Terminating'
  return { ready: `${ready}/${spec.containers.length + sidecars.size}`, status: reason, ...restartsOf(counted) }
}

const restartsText = (pod: Pod, nowMs: number): string => {
  const { restarts, lastRestart } = summarize(pod)
  return restarts > 0 && lastRestart ? `${restarts} (${humanAge(lastRestart, nowMs)} ago)` : `${restarts}`
}

const readinessGates = ({ spec, status }: Pod): string => {
  const gates = spec.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const met = gates.filter(
    ({ conditionType }) => status?.conditions?.find(({ type }) => type === conditionType)?.status === 'True',
  )
  return `${met.length}/${gates.length}`
}

export const podColumns = [
  text('Ready', 'The aggregate readiness state of this pod for accepting traffic.', (pod: Pod) => summarize(pod).ready),
  text('Status', 'The aggregate status of the containers in this pod.', (pod: Pod) => summarize(pod).status),
  text(
    'Restarts',
    'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
    restartsText,
  ),
  age,
  wide(
    'IP',
    'podIP address allocated to the pod. Routable at least within the cluster. Empty if not yet allocated.',
    ({ status }: Pod) => status?.podIPs?.[0]?.ip || '<none>',
  ),
  wide(
    'Node',
    'NodeName indicates in which node this pod is scheduled. If empty, this pod is a candidate for scheduling by the scheduler defined in schedulerName. Once this field is set, the kubelet for this node becomes responsible for the lifecycle of this pod. This field should not be used to express a desire for the pod to be scheduled on a specific node. https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename',
    ({ spec }: Pod) => spec.nodeName || '<none>',
  ),
  wide(
    'Nominated Node',
    'nominatedNodeName is set only when this pod preempts other pods on the node, but it cannot be scheduled right away as preemption victims receive their graceful termination periods. This field does not guarantee that the pod will be scheduled on this node. Scheduler may decide to place the pod elsewhere if other nodes become available sooner. Scheduler may also decide to give the resources on this node to a higher priority pod that is created after preemption. As a result, this field may be different than PodSpec.nodeName when the pod is scheduled.',
    ({ status }: Pod) => status?.nominatedNodeName || '<none>',
  ),
  wide(
    'Readiness Gates',
    'If specified, all readiness gates will be evaluated for pod readiness. A pod is ready when all its containers are ready AND all conditions specified in the readiness gates have status equal to "True" More info: https://git.k8s.io/enhancements/keps/sig-network/580-pod-readiness-gates',
    readinessGates,
  ),
]
