import { mkdir, open, readdir, readlink, rm, stat, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf, Folder } from '../files/folder.ts'
import { makePrivateDirectory } from '../files/private-directory.ts'
import { removeTree } from '../files/remove-tree.ts'

/** as a container of any user may use an emptyDir */
const mode = 0o777

/**
 * The directories that are volumes of this node, `<dataDir>/volumes/<volume>`, and which pods have them: each pod's folder has a link to
 * those that it uses, which is there before the pod's first container and goes with the folder.
 */
export class LocalDirectories {
  readonly root: string
  readonly #pods: string

  constructor({ dataDir, podsDir }: { dataDir: string; podsDir: string }) {
    this.root = directoriesBelow(dataDir)
    this.#pods = podsDir
  }

  pathOf(volume: string): string {
    return join(this.root, volume)
  }

  async has(volume: string): Promise<boolean> {
    const found = await stat(this.pathOf(volume)).catch(unlessMissing)
    return found?.isDirectory() === true
  }

  /** What is there stays as it is. It is on the disk when this resolves. */
  async make(volume: string): Promise<void> {
    await makePrivateDirectory(this.root)
    await using root = await Folder.open(this.root)
    try {
      await using made = await root.newFolder(volume, mode)
      await made.handle.sync()
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
    await root.handle.sync()
  }

  /** Follows no link and enters nothing that is mounted below; what is not there is fine. */
  async remove(volume: string): Promise<void> {
    await removeTree(this.root, volume)
    const root = await open(this.root).catch(unlessMissing)
    await root?.sync()
    await root?.close()
  }

  /** `link`: in the pod's folder. */
  async note(link: string, path: string): Promise<void> {
    await mkdir(dirname(link), { recursive: true, mode: 0o750 })
    if ((await readlink(link).catch(unlessMissing)) === path) return
    await rm(link, { force: true })
    await symlink(path, link)
  }

  /** Uids of the pods whose folders have a link to the path. */
  async usersOf(path: string): Promise<string[]> {
    const users: string[] = []
    for (const uid of await namesIn(this.#pods))
      for (const kind of ['persistentVolumeClaim', 'ephemeral']) {
        const folder = join(this.#pods, uid, 'volumes', kind)
        for (const name of await namesIn(folder))
          if ((await readlink(join(folder, name)).catch(unlessMissing)) === path) users.push(uid)
      }
    return [...new Set(users)]
  }
}

/** Of a node whose agent keeps its files in `dataDir`. */
export const directoriesBelow = (dataDir: string): string => join(dataDir, 'volumes')

const unlessMissing = (error: unknown): undefined => {
  if (codeOf(error) !== 'ENOENT') throw error
  return undefined
}

const namesIn = async (folder: string): Promise<string[]> => (await readdir(folder).catch(unlessMissing)) ?? []
