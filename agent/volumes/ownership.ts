import { chmod, chown, lchown, stat } from 'node:fs/promises'
import { Folder, type Name } from '../files/folder.ts'

const setGid = 0o2000
/** each holds a descriptor, and whoever writes the volume says how many there are */
const mostLevels = 255

export interface OwnershipOptions {
  readonly fsGroup: number
  /** leave a volume whose root has the group and the modes already */
  readonly onRootMismatch: boolean
}

/**
 * Gives all of a volume to a group that may read and write it. Follows no link and enters no other mount; each file is held by a
 * descriptor while it is changed, whoever exchanges it meanwhile.
 */
export const giveToGroup = async (path: string, { fsGroup, onRootMismatch }: OwnershipOptions): Promise<void> => {
  await using root = await Folder.open(path)
  if (onRootMismatch && (await isGiven(root, fsGroup))) return
  await giveBelow(root, { fsGroup, mount: await root.mountId() }, 1)
  // Last: a root that has it says that all has.
  await give(root.path, fsGroup)
}

const isGiven = async (root: Folder, fsGroup: number): Promise<boolean> => {
  const { gid, mode } = await root.handle.stat()
  const wanted = modeOf(mode, true)
  return gid === fsGroup && (mode & wanted) === wanted
}

const modeOf = (mode: number, isFolder: boolean): number => {
  const bits = mode & 0o7777
  return isFolder ? bits | 0o770 | setGid : bits | 0o660
}

const giveBelow = async (folder: Folder, of: { fsGroup: number; mount: string }, level: number): Promise<void> => {
  if (level > mostLevels) throw new Error(`more than ${mostLevels} folders in each other are not given to fsGroup ${of.fsGroup}`)
  for (const name of await folder.names()) {
    if (await giveOne(folder, name, of.fsGroup)) continue
    await using child = await folder.folder(name)
    if ((await child.mountId()) !== of.mount) continue
    await giveBelow(child, of, level + 1)
    await give(child.path, of.fsGroup)
  }
}

/** false: it is a folder */
const giveOne = async (folder: Folder, name: Name, fsGroup: number): Promise<boolean> => {
  const handle = await folder.name(name)
  try {
    const info = await handle.stat()
    if (info.isDirectory()) return false
    if (info.isSymbolicLink()) await lchown(folder.at(name), info.uid, fsGroup)
    else await give(`/proc/self/fd/${handle.fd}`, fsGroup)
    return true
  } finally {
    await handle.close()
  }
}

/** By a descriptor's own path. The group first: a change of owner takes the set-gid bit away. */
const give = async (path: string, fsGroup: number): Promise<void> => {
  const info = await stat(path)
  await chown(path, info.uid, fsGroup)
  await chmod(path, modeOf(info.mode, info.isDirectory()))
}
