import { join } from 'node:path'
import type { Container, VolumeMount } from '../../shared/resources/generated/types.ts'
import { ConfigError } from '../container/config-error.ts'
import { expand } from '../container/expansion.ts'
import { removeTree } from '../files/remove-tree.ts'
import type { Mount } from '../runtime/runtime.ts'
import { unmountBelow } from './mount.ts'
import { bindSubPath } from './sub-path.ts'
import type { MountedVolume } from './volume.ts'

export interface ContainerMountsOptions {
  readonly container: Container
  /** by name */
  readonly volumes: ReadonlyMap<string, MountedVolume>
  /** the container's variables, for subPathExpr */
  readonly environment: ReadonlyMap<string, string>
  /** the pod's folder for what its containers see of parts of volumes; no container sees the folder itself */
  readonly subPathsDir: string
}

/** Where a container's volumeMounts come from on the host. What an earlier start of the container used is let go. Throws ConfigError. */
export const containerMounts = async (options: ContainerMountsOptions): Promise<Mount[]> => {
  const { container, subPathsDir } = options
  const dir = join(subPathsDir, container.name)
  await unmountBelow(dir)
  await removeTree(subPathsDir, container.name)
  return Promise.all((container.volumeMounts ?? []).map((mount, index) => mountOf(options, mount, join(dir, String(index)))))
}

const mountOf = async (
  { container, volumes, environment }: ContainerMountsOptions,
  mount: VolumeMount,
  bound: string,
): Promise<Mount> => {
  const volume = volumes.get(mount.name)
  if (!volume) throw new ConfigError(`cannot find volume "${mount.name}" to mount into container "${container.name}"`)
  const subPath = subPathOf(mount, environment)
  if (subPath) {
    try {
      await bindSubPath({ volume: volume.path, path: subPath, target: bound })
    } catch (cause) {
      const message = `failed to prepare subPath for volumeMount "${mount.name}" of container "${container.name}"`
      throw new ConfigError(message, { cause })
    }
  }
  return {
    source: subPath ? bound : volume.path,
    target: mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`,
    readOnly: volume.readOnly || (mount.readOnly ?? false),
    propagation: propagations[mount.mountPropagation ?? 'None'] ?? 'rprivate',
  }
}

const propagations: Readonly<Record<string, Mount['propagation']>> = {
  None: 'rprivate',
  HostToContainer: 'rslave',
  Bidirectional: 'rshared',
}

const subPathOf = (mount: VolumeMount, environment: ReadonlyMap<string, string>): string | undefined => {
  const subPath = mount.subPathExpr
    ? expand(mount.subPathExpr, (name) => {
        const value = environment.get(name)
        if (value === undefined) throw new ConfigError(`missing value for "${name}"`)
        return value
      })
    : mount.subPath
  if (subPath?.startsWith('/')) throw new ConfigError(`error SubPath \`${subPath}\` must not be an absolute path`)
  if (subPath?.split('/').includes('..'))
    throw new ConfigError(`unable to provision SubPath \`${subPath}\`: must not contain '..'`)
  return subPath
}
