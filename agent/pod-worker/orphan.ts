import type { PodContext } from './pod-context.ts'

/** Ends what is left of a pod that the API server does not know: its containers gracefully, then its network, files and sandbox. */
export const removeOrphan = async ({ runtime, rooms, network, volumes, log }: PodContext, uid: string): Promise<void> => {
  const { containers = [], sandboxes = [], namespace, name } = runtime.pod(uid) ?? {}
  log.info('removing orphaned pod', { uid, namespace, name, containers: containers.length })
  const running = containers.filter(({ state }) => state === 'running')
  await Promise.all(running.map(({ id, terminationGraceSeconds }) => runtime.stopContainer(id, terminationGraceSeconds)))
  await Promise.all(sandboxes.filter(({ ready }) => ready).map(({ id }) => runtime.stopSandbox(id)))
  await network.detach(uid)
  await volumes.remove(uid)
  await rooms.release(uid)
  await Promise.all(containers.map(({ id }) => runtime.removeContainer(id)))
  await Promise.all(sandboxes.map(({ id }) => runtime.removeSandbox(id)))
}
