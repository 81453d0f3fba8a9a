import { chmod, chown, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** fsGroup: everything below belongs to the group, which may do what the owner may; new files inherit it. */
export const giveToGroup = async (path: string, group: number | undefined): Promise<void> => {
  if (group === undefined) return
  const info = await lstat(path)
  if (info.isSymbolicLink()) return
  await chown(path, info.uid, group)
  const ownersRights = (info.mode & 0o700) >> 3
  await chmod(path, (info.mode & 0o7777) | ownersRights | (info.isDirectory() ? 0o2070 : 0))
  if (info.isDirectory()) for (const name of await readdir(path)) await giveToGroup(join(path, name), group)
}
