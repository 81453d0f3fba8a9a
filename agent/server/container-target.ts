import { ApiError } from '../../shared/meta/status.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import type { ContainerRuntime, RuntimeContainer, RuntimePod } from '../runtime/runtime.ts'

export interface TargetSource {
  readonly runtime: ContainerRuntime
  readonly pods: () => readonly Pod[]
}

export interface Target {
  readonly pod: Pod
  readonly runtime: RuntimePod | undefined
}

export const findPod = ({ runtime, pods }: TargetSource, namespace: string, name: string): Target => {
  const found = pods().filter(({ metadata }) => metadata.namespace === namespace && metadata.name === name)
  const pod = found.at(-1)
  if (!pod) throw new ApiError('NotFound', `pod "${name}_${namespace}" not found on this node`)
  return { pod, runtime: runtime.pod(pod.metadata.uid ?? '') }
}

/** What the pod's spec says of a container of any kind. */
export const specOf = ({ pod }: Target, name: string) =>
  [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])].find(
    (container) => container.name === name,
  )

/** The running container of that name: one that has not started, or has ended, is none for a kubelet. */
export const runningContainer = (target: Target, name: string, verb: 'exec' | 'attach'): RuntimeContainer => {
  const found = target.runtime?.containers.find((container) => container.name === name)
  if (found?.state === 'running') return found
  const { metadata } = target.pod
  const what =
    verb === 'exec'
      ? `container not found ("${name}")`
      : `container ${name} not found in pod ${metadata.name}_${metadata.namespace}`
  throw new ApiError('InternalError', `unable to upgrade connection: ${what}`)
}

/** The container whose log is asked for: the newest, or the one before. */
export const loggedContainer = (target: Target, name: string, previous: boolean): RuntimeContainer => {
  const { metadata } = target.pod
  const bad = (message: string) => new ApiError('BadRequest', message)
  if (!specOf(target, name)) throw bad(`container "${name}" in pod "${metadata.name}" is not available`)
  const all = (target.runtime?.containers ?? []).filter((container) => container.name === name)
  const statuses = [...(target.pod.status?.containerStatuses ?? []), ...(target.pod.status?.initContainerStatuses ?? [])]
  const waiting = statuses.find((status) => status.name === name)?.state?.waiting
  const [newest, second] = all.filter(({ state }) => state !== 'created')
  if (previous) {
    const last = newest?.state === 'exited' && waiting ? newest : second
    if (!last) throw bad(`previous terminated container "${name}" in pod "${metadata.name}" not found`)
    return last
  }
  if (newest) return newest
  const reason = waiting?.reason ?? 'ContainerCreating'
  const why = waitingFor[reason] ?? reason
  throw bad(`container "${name}" in pod "${metadata.name}" is waiting to start: ${why}`)
}

const waitingFor: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
}
