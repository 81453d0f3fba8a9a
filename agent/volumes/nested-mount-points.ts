import { posix } from 'node:path'
import type { Container } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'

/**
 * Folders that a volume has to have because a container mounts something else inside of it: of a volume that is read-only, the engine can
 * make none. Relative to the volume. Of what stands in another such folder only the outer one.
 */
export const nestedMountPoints = (pod: Pod, volume: string): string[] => {
  const { initContainers = [], containers, ephemeralContainers = [] } = pod.spec
  return [
    ...new Set([...initContainers, ...containers, ...ephemeralContainers].flatMap((container) => nestedIn(container, volume))),
  ]
}

const nestedIn = ({ volumeMounts = [] }: Pick<Container, 'volumeMounts'>, volume: string): string[] => {
  const paths = volumeMounts.map(({ mountPath }) => posix.join('/', mountPath).replace(/(.)\/$/, '$1'))
  const own = paths.filter((_, index) => {
    const { name, subPath, subPathExpr } = volumeMounts[index]!
    return name === volume && !subPath && !subPathExpr
  })
  return own.flatMap((parent) => {
    const inside = paths.filter((path) => path.startsWith(`${parent}/`))
    const outermost = inside.filter((path) => !inside.some((other) => path.startsWith(`${other}/`)))
    return outermost.map((path) => path.slice(parent.length + 1))
  })
}
