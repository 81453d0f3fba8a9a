import type { Container } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import type { RuntimePod } from '../runtime/runtime.ts'
import { computeInitActions } from './init-actions.ts'
import { type ActionInput, type ContainerStop, newestOf, readySandbox, reasonToStop } from './pod-state.ts'
import { shouldStart } from './restart-policy.ts'

export interface PodActions {
  /** everything that still runs ends: nothing is left to run, or the sandbox has to be made anew */
  readonly endAll: boolean
  /** attempt of the sandbox to make; undefined: it stands, or none is needed */
  readonly sandboxAttempt: number | undefined
  readonly stop: readonly ContainerStop[]
  /** in this order */
  readonly start: readonly Container[]
}

/** What brings a pod's containers from what runs to what its spec asks for. Pure. */
export const computeActions = (input: ActionInput): PodActions => {
  const { pod, runtime } = input
  if (!readySandbox(runtime)) return sandboxActions(pod, runtime)
  const init = computeInitActions(input)
  if (init.failed) return { endAll: true, sandboxAttempt: undefined, stop: [], start: [] }
  const looking = ephemeralStarts(input)
  if (!init.done) return { endAll: false, sandboxAttempt: undefined, stop: init.stop, start: [...looking, ...init.start] }

  const stop: ContainerStop[] = []
  const start: Container[] = []
  let kept = 0
  for (const container of pod.spec.containers) {
    const newest = newestOf(runtime, container.name)
    if (newest?.state !== 'running') {
      if (shouldStart(container, pod.spec, newest)) start.push(container)
      continue
    }
    const found = reasonToStop(container, newest, input.probes)
    if (!found) {
      kept++
      continue
    }
    const policy = container.restartPolicy ?? pod.spec.restartPolicy ?? 'Always'
    const restarts = found.reason === 'changed' || policy !== 'Never'
    const message = `Container ${container.name} ${found.text}${restarts ? ', will be restarted' : ''}`
    stop.push({ container: newest, message, reason: found.reason })
    if (restarts) kept++
  }
  if (kept === 0 && start.length === 0 && stop.length === 0) return { endAll: true, sandboxAttempt: undefined, stop, start }
  return { endAll: false, sandboxAttempt: undefined, stop: [...init.stop, ...stop], start: [...looking, ...init.start, ...start] }
}

/** Once, as soon as there is a sandbox; the pod neither waits for them nor lives for them. */
const ephemeralStarts = ({ pod, runtime }: ActionInput): Container[] =>
  ((pod.spec.ephemeralContainers ?? []) as Container[]).filter(
    ({ name }) => (newestOf(runtime, name)?.state ?? 'created') === 'created',
  )

const sandboxActions = (pod: Pod, runtime: RuntimePod | undefined): PodActions => {
  const last = runtime?.sandboxes[0]
  const attempt = last ? last.attempt + 1 : 0
  const none: PodActions = { endAll: true, sandboxAttempt: undefined, stop: [], start: [] }
  const ran = (runtime?.containers.length ?? 0) > 0
  if (pod.spec.restartPolicy === 'Never' && attempt > 0 && ran) return none
  const left = pod.spec.containers.filter((container) => {
    const newest = newestOf(runtime, container.name)
    return newest?.state === 'running' || shouldStart(container, pod.spec, newest)
  })
  const initialized = pod.spec.containers.some((container) => newestOf(runtime, container.name))
  if (left.length === 0 && initialized) return none
  return { endAll: attempt > 0, sandboxAttempt: attempt, stop: [], start: [] }
}
