import { chmod, lstat, mkdir, realpath } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Container, VolumeMount } from '../../shared/resources/generated/types.ts'
import { ConfigError } from '../container/config-error.ts'
import { expand } from '../container/expansion.ts'
import type { Mount } from '../runtime/runtime.ts'

/** Where a container's volumeMounts come from on the host. Throws ConfigError. */
export const containerMounts = async (
  container: Container,
  volumes: ReadonlyMap<string, string>,
  environment: ReadonlyMap<string, string>,
): Promise<Mount[]> =>
  Promise.all(
    (container.volumeMounts ?? []).map(async (mount) => {
      const root = volumes.get(mount.name)
      if (root === undefined)
        throw new ConfigError(`cannot find volume "${mount.name}" to mount into container "${container.name}"`)
      const target = mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`
      const source = await sourceOf(root, mount, environment)
      return {
        source,
        target,
        readOnly: mount.readOnly ?? false,
        propagation: propagations[mount.mountPropagation ?? 'None'] ?? 'rprivate',
      }
    }),
  )

const propagations: Readonly<Record<string, Mount['propagation']>> = {
  None: 'rprivate',
  HostToContainer: 'rslave',
  Bidirectional: 'rshared',
}

const sourceOf = async (root: string, mount: VolumeMount, environment: ReadonlyMap<string, string>): Promise<string> => {
  const subPath = mount.subPathExpr
    ? expand(mount.subPathExpr, (name) => {
        const value = environment.get(name)
        if (value === undefined) throw new ConfigError(`missing value for "${name}"`)
        return value
      })
    : mount.subPath
  if (!subPath) return root
  if (subPath.startsWith('/') || subPath.split('/').includes('..')) {
    throw new ConfigError(`unable to provision SubPath \`${subPath}\`: must be a relative path without '..'`)
  }
  const path = join(root, subPath)
  if (!(await lstat(path).catch(() => undefined))) {
    await mkdir(path, { recursive: true })
    await chmod(path, 0o777)
  }
  // A link inside the volume must not lead out of it.
  const [real, realRoot] = await Promise.all([realpath(path), realpath(root)])
  if (relative(realRoot, real).startsWith('..')) {
    throw new ConfigError(`failed to prepare subPath for volumeMount "${mount.name}" of container: path leads out of the volume`)
  }
  return real
}
