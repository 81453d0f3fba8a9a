import { timestamp } from '../../shared/platform/clock.ts'
import type { Container, ContainerState, ContainerStatus } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import { isSidecar, shouldStart } from '../pod-worker/restart-policy.ts'
import type { ProbeResults } from '../probes/probe.ts'
import type { RuntimeContainer, RuntimePod } from '../runtime/runtime.ts'

export interface StatusInput {
  readonly pod: Pod
  readonly runtime: RuntimePod | undefined
  readonly runtimeName: string
  readonly probes: ProbeResults
  /** why containers wait, by name: `CrashLoopBackOff`, `ErrImagePull` … */
  readonly reasons: ReadonlyMap<string, { readonly reason: string; readonly message: string }>
  /** of dead containers, by id */
  readonly terminationMessages: ReadonlyMap<string, string>
  readonly previous: readonly ContainerStatus[]
}

export const containerStatuses = (input: StatusInput, kind: 'init' | 'app'): ContainerStatus[] => {
  const { pod } = input
  const containers = (kind === 'init' ? pod.spec.initContainers : pod.spec.containers) ?? []
  const statuses = containers.map((container) => containerStatus(input, container, kind))
  return kind === 'app' ? statuses.sort((a, b) => (a.name < b.name ? -1 : 1)) : statuses
}

export const ephemeralStatuses = (input: StatusInput): ContainerStatus[] =>
  (input.pod.spec.ephemeralContainers ?? []).map((container) => containerStatus(input, container as Container, 'ephemeral'))

const containerStatus = (input: StatusInput, container: Container, kind: 'init' | 'app' | 'ephemeral'): ContainerStatus => {
  const { pod, runtime, probes } = input
  const previous = input.previous.find(({ name }) => name === container.name)
  const mine = runtime?.containers.filter(({ name }) => name === container.name) ?? []
  const [newest, before] = mine
  const status = newest
    ? {
        ...known(input, container, { newest, previous }),
        ...(before ? { lastState: stateOf(input, before) } : kept(previous, newest)),
      }
    : missing(input, container, previous)

  const running = status.state?.running !== undefined
  const started = running && (!container.startupProbe || probes.get(newest!.id, 'startup') === 'success')
  const ordinaryInit = kind === 'init' && !isSidecar(container)
  if (kind !== 'ephemeral') status.started = started
  status.ready = ordinaryInit
    ? status.state?.terminated?.exitCode === 0
    : kind !== 'ephemeral' && started && (!container.readinessProbe || probes.get(newest!.id, 'readiness') === 'success')

  const done = kind !== 'app' && newest?.state === 'exited' && newest.exitCode === 0 && !isSidecar(container)
  const reason = input.reasons.get(container.name)
  const restarts = kind !== 'ephemeral' && !done && shouldStart(container, pod.spec, newest)
  if (reason && (restarts || (kind === 'ephemeral' && !newest)) && !pod.metadata.deletionTimestamp) {
    if (status.state?.terminated) status.lastState = status.state
    status.state = { waiting: { reason: reason.reason, message: reason.message } }
    status.ready = false
  }
  return status
}

/** After the first one's removal its end is only known from the status written before. */
const kept = (previous: ContainerStatus | undefined, newest: RuntimeContainer) =>
  previous?.restartCount === newest.restartCount && previous.lastState ? { lastState: previous.lastState } : { lastState: {} }

const known = (
  input: StatusInput,
  container: Container,
  { newest, previous }: { newest: RuntimeContainer; previous: ContainerStatus | undefined },
): ContainerStatus => ({
  name: container.name,
  state: stateOf(input, newest),
  lastState: {},
  ready: false,
  restartCount: newest.restartCount,
  image: newest.image,
  imageID: newest.imageID,
  containerID: idOf(input, newest),
  ...mountParts(container),
  ...resourceParts(container, previous?.containerID === idOf(input, newest) ? previous : undefined),
})

const missing = (input: StatusInput, container: Container, previous: ContainerStatus | undefined): ContainerStatus => {
  if (previous?.state?.terminated) return structuredClone(previous)
  const status: ContainerStatus = {
    name: container.name,
    state: { waiting: { reason: beforeItsStart(input.pod) } },
    lastState: previous?.lastState ?? {},
    ready: false,
    restartCount: previous?.restartCount ?? 0,
    image: container.image ?? '',
    imageID: '',
    ...mountParts(container),
  }
  if (previous?.state?.running && !previous.lastState?.terminated) {
    const message = 'The container could not be located when the pod was deleted.  The container used to be Running'
    status.lastState = { terminated: { reason: 'ContainerStatusUnknown', message, exitCode: 137 } }
    if (!input.pod.metadata.deletionTimestamp) status.restartCount++
  }
  return status
}

const beforeItsStart = ({ spec }: Pod): string => (spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating')

const idOf = ({ runtimeName }: StatusInput, { id }: RuntimeContainer) => `${runtimeName}://${id}`

const stateOf = (input: StatusInput, container: RuntimeContainer): ContainerState => {
  const startedAt = container.startedAt === undefined ? '1970-01-01T00:00:00Z' : timestamp(container.startedAt)
  if (container.state === 'running') return { running: { startedAt } }
  // A kubelet tells nobody of a container between its making and its start.
  if (container.state === 'created') return { waiting: { reason: beforeItsStart(input.pod) } }
  const message = input.terminationMessages.get(container.id) || container.message
  return {
    terminated: {
      containerID: idOf(input, container),
      exitCode: container.exitCode ?? 137,
      reason: container.reason,
      ...(message ? { message } : {}),
      startedAt,
      finishedAt: timestamp(container.finishedAt ?? container.createdAt),
    },
  }
}

const mountParts = ({ volumeMounts }: Container): Partial<ContainerStatus> =>
  volumeMounts?.length
    ? {
        volumeMounts: volumeMounts.map(({ name, mountPath, readOnly }) => ({
          name,
          mountPath,
          ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
        })),
      }
    : {}

/**
 * Only of what the engine has: a container that was never made has been given nothing. It keeps what it was started with, whatever
 * its spec says since.
 */
const resourceParts = ({ resources }: Container, same: ContainerStatus | undefined): Partial<ContainerStatus> =>
  same?.resources
    ? { ...(same.allocatedResources && { allocatedResources: same.allocatedResources }), resources: same.resources }
    : {
        ...(resources?.requests ? { allocatedResources: resources.requests } : {}),
        ...(resources ? { resources: { limits: resources.limits, requests: resources.requests } } : {}),
      }
