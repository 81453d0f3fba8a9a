import type { Container } from '../../shared/resources/generated/types.ts'
import { type ActionInput, type ContainerStop, newestOf, reasonToStop } from './pod-state.ts'
import { isSidecar, restartsAfter } from './restart-policy.ts'

export interface InitActions {
  /** the app containers may run */
  readonly done: boolean
  /** an init container failed for good */
  readonly failed: boolean
  readonly stop: readonly ContainerStop[]
  readonly start: readonly Container[]
}

/** Init containers run one after the other; sidecars among them only have to have started. */
export const computeInitActions = (input: ActionInput): InitActions => {
  const { pod, runtime } = input
  const containers = pod.spec.initContainers ?? []
  const sandbox = runtime?.sandboxes.find(({ ready }) => ready)
  // App containers of this sandbox show that initialization is over, even when its containers have been removed.
  const appStarted = pod.spec.containers.some((each) => newestOf(runtime, each.name)?.sandboxId === sandbox?.id)
  const stop: ContainerStop[] = []
  const start: Container[] = []
  for (const [at, container] of containers.entries()) {
    const newest = newestOf(runtime, container.name)
    if (isSidecar(container)) {
      const state = sidecarState(container, input)
      stop.push(...state.stop)
      if (newest?.state !== 'running') start.push(container)
      if (!state.started && !appStarted) return { done: false, failed: false, stop, start }
      continue
    }
    if (appStarted) continue
    // That a later one was made shows that this one succeeded, though its container has been removed.
    if (!newest && containers.slice(at + 1).some(({ name }) => newestOf(runtime, name)?.sandboxId === sandbox?.id)) continue
    if (newest?.state === 'running') return { done: false, failed: false, stop, start }
    if (newest?.state === 'exited' && newest.exitCode === 0) continue
    if (newest?.state === 'exited' && !initRestarts(container, input, newest.exitCode ?? 137)) {
      return { done: false, failed: true, stop: [], start: [] }
    }
    return { done: false, failed: false, stop, start: [...start, container] }
  }
  return { done: true, failed: false, stop, start }
}

/** An init container that failed is tried again unless the policy is Never; with Always it does not run again after success. */
const initRestarts = (container: Container, { pod }: ActionInput, exitCode: number) =>
  restartsAfter(container, pod.spec, exitCode)

const sidecarState = (container: Container, { runtime, probes }: ActionInput): { started: boolean; stop: ContainerStop[] } => {
  const newest = newestOf(runtime, container.name)
  if (newest?.state !== 'running') return { started: false, stop: [] }
  const found = reasonToStop(container, newest, probes)
  const started = !container.startupProbe || probes.get(newest.id, 'startup') === 'success'
  const message = `Init container ${container.name} ${found?.text}`
  return { started, stop: found ? [{ container: newest, message, reason: found.reason }] : [] }
}
