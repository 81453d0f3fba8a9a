import { mkdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { codeOf, Folder } from '../files/folder.ts'
import { removeTree } from '../files/remove-tree.ts'
import { memorySize } from './memory-size.ts'
import { mountTmpfs } from './mount.ts'
import type { VolumePlugin } from './volume.ts'

export interface EmptyDirOptions {
  /** of the node, by resource */
  readonly allocatable: Readonly<Record<string, string>>
}

/**
 * An empty folder, or memory with `medium: Memory`. A sizeLimit bounds memory; on disk it only says what is expected.
 * Once it stands it is its containers' own, and nobody's modes are changed any more.
 */
export const createEmptyDirPlugin = ({ allocatable }: EmptyDirOptions): VolumePlugin => ({
  kind: 'emptyDir',
  mount: async ({ pod, volume, dir }) => {
    const { medium, sizeLimit } = volume.emptyDir ?? {}
    const fsGroup = pod.spec.securityContext?.fsGroup
    if (medium?.startsWith('HugePages')) throw new Error(`emptyDir medium ${medium} is not supported by this agent`)
    await mkdir(dirname(dir), { recursive: true, mode: 0o750 })
    if (medium === 'Memory') {
      await mkdir(dir, { recursive: true })
      const bytes = memorySize(pod.spec, sizeLimit, allocatable.memory)
      const size = bytes === undefined ? [] : [`size=${bytes}`]
      const owner = fsGroup === undefined ? ['mode=1777'] : ['mode=3777', `gid=${fsGroup}`]
      await mountTmpfs(dir, [...owner, ...size].join(','))
    } else {
      await makeOnce(dir, fsGroup)
    }
    return dir
  },
})

/** All of it or nothing is there: an agent that ends half-way leaves a folder under another name. */
const makeOnce = async (dir: string, fsGroup: number | undefined) => {
  const draft = `${basename(dir)}.new`
  await using parent = await Folder.open(dirname(dir))
  if (await parent.lstat(basename(dir)).catch(unlessMissing)) return
  await removeTree(dirname(dir), draft)
  await using made = await parent.newFolder(draft, 0o777)
  if (fsGroup !== undefined) {
    await made.handle.chown(0, fsGroup)
    await made.handle.chmod(0o2777)
  }
  await parent.rename(draft, basename(dir))
}

const unlessMissing = (error: unknown) => {
  if (codeOf(error) !== 'ENOENT') throw error
  return undefined
}
