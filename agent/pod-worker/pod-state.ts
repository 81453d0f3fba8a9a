import type { Container } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import type { ProbeResults } from '../probes/probe.ts'
import type { RuntimeContainer, RuntimePod } from '../runtime/runtime.ts'
import { containerHash } from './container-hash.ts'

/** All that decides what is to be done about a pod. */
export interface ActionInput {
  readonly pod: Pod
  readonly runtime: RuntimePod | undefined
  readonly probes: ProbeResults
}

export interface ContainerStop {
  readonly container: RuntimeContainer
  readonly message: string
  readonly reason: 'liveness' | 'startup' | 'changed'
}

export const newestOf = (runtime: RuntimePod | undefined, name: string): RuntimeContainer | undefined =>
  runtime?.containers.find((each) => each.name === name)

export const readySandbox = (runtime: RuntimePod | undefined) => runtime?.sandboxes.find(({ ready }) => ready)

/** Why a running container has to end though its pod goes on. */
export const reasonToStop = (
  container: Container,
  running: RuntimeContainer,
  probes: ProbeResults,
): { reason: ContainerStop['reason']; text: string } | undefined => {
  if (running.hash !== containerHash(container)) return { reason: 'changed', text: 'definition changed' }
  if (probes.get(running.id, 'liveness') === 'failure') return { reason: 'liveness', text: 'failed liveness probe' }
  if (probes.get(running.id, 'startup') === 'failure') return { reason: 'startup', text: 'failed startup probe' }
  return undefined
}
