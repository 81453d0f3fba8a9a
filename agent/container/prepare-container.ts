import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Service } from '../../shared/resources/resource.ts'
import type { RoomHolder } from '../room/room-holder.ts'
import { containerMounts } from '../volumes/container-mounts.ts'
import { type ClusterDns, writePodFiles } from '../volumes/pod-files.ts'
import type { PodVolumes } from '../volumes/volume.ts'
import type { ConfigSource } from './config-source.ts'
import type { ContainerPreparer } from './container-preparer.ts'
import { containerSpec } from './container-spec.ts'
import { serviceLinks } from './service-links.ts'

export interface PreparerOptions {
  readonly volumes: PodVolumes
  readonly config: ConfigSource
  readonly services: () => readonly Service[]
  readonly dns: ClusterDns
  readonly hostIP: string
  readonly allocatable: Readonly<Record<string, string>>
  readonly nodeMemoryBytes: number
  readonly rooms: Pick<RoomHolder, 'room'>
}

/** Prepares containers that really run: their variables, mounts, and the files of /etc that the agent owns. */
export const createPreparer =
  (options: PreparerOptions): ContainerPreparer =>
  async ({ pod, container, sandbox, podIP, volumes, restartCount, targetID }, image) => {
    const { uid = '', namespace = '' } = pod.metadata
    const dir = options.volumes.podDir(uid)
    const terminationMessageFile = await makeMessageFile(join(dir, 'containers', container.name), String(restartCount))
    const files = await writePodFiles({ pod, dir: join(dir, 'etc'), podIP, dns: options.dns })
    const { hostIP, allocatable, nodeMemoryBytes, config } = options
    return containerSpec({
      pod,
      podIP,
      hostIP,
      allocatable,
      nodeMemoryBytes,
      container,
      source: config,
      inherited: new Map([
        ...serviceLinks(options.services(), namespace, pod.spec.enableServiceLinks ?? true),
        ...(options.rooms.room(uid)?.environment ?? []),
      ]),
      image,
      sandboxId: sandbox.id,
      cgroupParent: sandbox.cgroupParent,
      restartCount,
      targetID,
      terminationMessageFile,
      mounts: async (environment) => {
        const own = await containerMounts({ container, volumes, environment, subPathsDir: join(dir, 'volume-subpaths') })
        const taken = new Set(own.map(({ target }) => target))
        return [...own, ...files.filter(({ target }) => !taken.has(target))]
      },
    })
  }

/** World-writable: any user of the container may leave its message. */
const makeMessageFile = async (dir: string, name: string): Promise<string> => {
  await mkdir(dir, { recursive: true })
  const path = join(dir, name)
  await writeFile(path, '')
  await chmod(path, 0o666)
  return path
}
