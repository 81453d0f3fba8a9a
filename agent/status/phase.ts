import type { Container, ContainerStatus, PodSpec } from '../../shared/resources/generated/types.ts'
import { isSidecar, restartsAfter } from '../pod-worker/restart-policy.ts'

export interface PhaseInput {
  readonly spec: PodSpec
  /** of init and app containers */
  readonly statuses: readonly ContainerStatus[]
  /** nothing will be started any more, whatever the restart policy says */
  readonly ended: boolean
}

/** Where a container stands for the phase; `exitCode` of its last end. */
const standOf = (status: ContainerStatus | undefined) => {
  const state = status?.state
  if (state?.running) return { stand: 'running' as const }
  if (state?.terminated) return { stand: 'stopped' as const, exitCode: state.terminated.exitCode }
  const last = status?.lastState?.terminated
  if (state?.waiting) return last ? { stand: 'stopped' as const, exitCode: last.exitCode } : { stand: 'waiting' as const }
  return { stand: 'unknown' as const }
}

export const podPhase = ({ spec, statuses, ended }: PhaseInput): 'Pending' | 'Running' | 'Succeeded' | 'Failed' => {
  const standOfContainer = ({ name }: Container) => standOf(statuses.find((status) => status.name === name))
  const init = (spec.initContainers ?? []).filter((container) => !isSidecar(container))
  const sidecars = (spec.initContainers ?? []).filter(isSidecar)
  const apps = spec.containers.map((container) => ({ container, ...standOfContainer(container) }))

  let pendingInit = 0
  for (const container of init) {
    const { stand, exitCode } = standOfContainer(container)
    if (stand !== 'stopped') pendingInit++
    else if (exitCode !== 0 && !restartsAfter(container, spec, exitCode)) return 'Failed'
  }
  const appHasRun = apps.some(({ stand }) => stand === 'running' || stand === 'stopped')
  const starting = sidecars.some(({ name }) => {
    const status = statuses.find((each) => each.name === name)
    return status?.state?.running && !status.started
  })
  if (pendingInit > 0 || (starting && !appHasRun)) return 'Pending'
  // One that never ran holds the pod back even when the others have run; one that has ended before does not.
  const stands = [...apps, ...sidecars.map(standOfContainer)]
  if (stands.some(({ stand }) => stand === 'waiting' || stand === 'unknown')) return 'Pending'
  const runs = apps.some(({ stand }) => stand === 'running')
  if (runs || (!ended && sidecars.some((container) => standOfContainer(container).stand === 'running'))) return 'Running'
  const restarting = apps.some(({ container, exitCode = 0 }) => restartsAfter(container, spec, exitCode))
  if (restarting && !ended) return 'Running'
  return apps.every(({ exitCode }) => exitCode === 0) ? 'Succeeded' : 'Failed'
}
