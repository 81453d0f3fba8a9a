import type { ContainerPreparer } from '../../container/container-preparer.ts'
import { containerHash } from '../../pod-worker/container-hash.ts'
import { identityOf } from '../../pod-worker/create-sandbox.ts'
import type { PodVolumes } from '../../volumes/volume.ts'

/** Volumes of which nothing is on the disk. */
export const simulatedVolumes: PodVolumes = {
  podDir: (uid) => `/simulated/${uid}`,
  mount: async () => new Map(),
  refresh: async () => undefined,
  remove: async () => undefined,
  present: async () => [],
}

/** Containers of which only what shows in status is worked out. */
export const simulatedPreparer: ContainerPreparer = async ({ pod, container, sandbox, restartCount }, image) => ({
  pod: identityOf(pod),
  sandboxId: sandbox.id,
  name: container.name,
  restartCount,
  hash: containerHash(container),
  image: container.image ?? '',
  imageID: image.id,
  env: [],
  mounts: [],
  groups: [],
  capabilitiesAdded: [],
  capabilitiesDropped: [],
  privileged: false,
  readOnlyRoot: false,
  noNewPrivileges: false,
  seccomp: { type: 'Unconfined' },
  resources: { cpuShares: 2, oomScoreAdj: 0 },
  hostPID: false,
  sharePID: false,
  hostIPC: false,
  stdin: false,
  stdinOnce: false,
  tty: false,
  terminationGraceSeconds: pod.spec.terminationGracePeriodSeconds ?? 30,
})
