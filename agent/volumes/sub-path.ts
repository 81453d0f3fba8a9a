import { mkdir, realpath, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { openBeneath } from '../files/open-beneath.ts'
import { mountDescriptor } from './mount.ts'

export interface SubPathOptions {
  /** the volume's folder on the host */
  readonly volume: string
  /** inside it, relative, without `..` */
  readonly path: string
  /** where it is to be seen: below the pod's folder, where no container sees it; nothing is there yet */
  readonly target: string
}

/**
 * Mounts a part of a volume at a path of the agent's own, which is what the engine gets: it looks at that path at each start of the
 * container, when the volume's own may lead elsewhere by now. What is missing is made, with the mode of the volume's folder.
 */
export const bindSubPath = async ({ volume, path, target }: SubPathOptions): Promise<void> => {
  // A hostPath may be a link of the machine's own.
  const folder = await realpath(volume)
  const root = await stat(folder)
  const handle = await openBeneath(folder, path, root.isDirectory() ? { makeWithMode: root.mode & 0o7777 } : {})
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o750 })
    if ((await handle.stat()).isDirectory()) await mkdir(target, { mode: 0o750 })
    else await writeFile(target, '', { flag: 'wx', mode: 0o640 })
    await mountDescriptor(handle.fd, target)
  } finally {
    await handle.close()
  }
}
