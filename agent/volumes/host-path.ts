import type { Stats } from 'node:fs'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import type { HostPathVolumeSource } from '../../shared/resources/generated/types.ts'
import type { VolumePlugin } from './volume.ts'

const checks: Readonly<Record<string, (info: Stats) => boolean>> = {
  Directory: (info) => info.isDirectory(),
  File: (info) => info.isFile(),
  Socket: (info) => info.isSocket(),
  CharDevice: (info) => info.isCharacterDevice(),
  BlockDevice: (info) => info.isBlockDevice(),
  DirectoryOrCreate: (info) => info.isDirectory(),
  FileOrCreate: (info) => info.isFile(),
}
const words: Readonly<Record<string, string>> = {
  Directory: 'a directory',
  File: 'a file',
  Socket: 'a socket',
  CharDevice: 'a character device',
  BlockDevice: 'a block device',
  DirectoryOrCreate: 'a directory',
  FileOrCreate: 'a file',
}

/** A path of the machine itself. */
export const hostPathPlugin: VolumePlugin = {
  kind: 'hostPath',
  mount: ({ volume }) => checkedHostPath(volume.hostPath!),
}

/** The path, once what its type says is there. */
export const checkedHostPath = async ({ path, type = '' }: HostPathVolumeSource): Promise<string> => {
  if (type === 'DirectoryOrCreate' || type === '') await mkdir(path, { recursive: true, mode: 0o755 }).catch(unlessThere)
  // Only a new one: opening a pipe that is there would wait for its reader.
  if (type === 'FileOrCreate') await writeFile(path, '', { flag: 'wx', mode: 0o644 }).catch(unlessThere)
  const check = checks[type]
  if (!check) return path
  const info = await stat(path).catch(() => undefined)
  if (!info || !check(info)) throw new Error(`hostPath type check failed: ${path} is not ${words[type]}`)
  return path
}

const unlessThere = (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EEXIST') throw error
}
